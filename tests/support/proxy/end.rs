//! One end of a proxied connection: plain, or TLS that the proxy ends itself.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConnection;

use super::lock;

/// Bytes that TLS takes at once.
const RECORD: usize = 16 << 10;

/// A socket that one thread reads and another writes. Its file is closed when the last of them lets go.
pub struct End {
    stream: TcpStream,
    tls: Option<Mutex<ServerConnection>>,
}

impl End {
    pub fn plain(stream: TcpStream) -> End {
        stream.set_nodelay(true).expect("a connected socket takes options");
        End { stream, tls: None }
    }

    pub fn tls(stream: TcpStream, config: &Arc<rustls::ServerConfig>) -> End {
        let connection = ServerConnection::new(config.clone()).expect("a valid configuration");
        End { tls: Some(Mutex::new(connection)), ..End::plain(stream) }
    }

    /// The next bytes; 0 at the end, however it came.
    pub fn read(&self, buffer: &mut [u8]) -> usize {
        match &self.tls {
            None => (&self.stream).read(buffer).unwrap_or(0),
            Some(tls) => self.read_tls(tls, buffer).unwrap_or(0),
        }
    }

    /// Waits for the other end without holding the lock, so that writing goes on meanwhile.
    fn read_tls(&self, tls: &Mutex<ServerConnection>, buffer: &mut [u8]) -> io::Result<usize> {
        let mut raw = [0; 4096];
        loop {
            match lock(tls).reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            let length = (&self.stream).read(&mut raw)?;
            let mut rest = &raw[..length];
            if rest.is_empty() {
                return Ok(0);
            }
            let mut connection = lock(tls);
            while !rest.is_empty() {
                connection.read_tls(&mut rest)?;
                let processed = connection.process_new_packets();
                self.flush(&mut connection)?;
                processed.map_err(io::Error::other)?;
            }
        }
    }

    pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(tls) = &self.tls else { return (&self.stream).write_all(bytes) };
        let mut connection = lock(tls);
        for record in bytes.chunks(RECORD) {
            connection.writer().write_all(record)?;
            self.flush(&mut connection)?;
        }
        Ok(())
    }

    fn flush(&self, connection: &mut ServerConnection) -> io::Result<()> {
        while connection.wants_write() {
            connection.write_tls(&mut &self.stream)?;
        }
        Ok(())
    }

    /// Says goodbye: close_notify under TLS, then FIN.
    pub fn close(&self) {
        if let Some(tls) = &self.tls {
            let mut connection = lock(tls);
            connection.send_close_notify();
            // The other end may be gone.
            let _ = self.flush(&mut connection);
        }
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Has the kernel send RST as soon as nobody holds this end any more, and wakes who reads it.
    pub fn reset(&self) {
        // It may be gone already.
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        let _ = self.stream.shutdown(Shutdown::Read);
    }
}
