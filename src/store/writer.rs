//! The one thread that holds the writing connection.
//!
//! SQLite blocks, so it stays away from the async threads; and with one writer there is never a fight for the lock. A
//! caller whose future is dropped does not take its call back: what was handed over is carried out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::error::{Class, Failure, LedgerError};

/// Calls that may wait; beyond that callers wait before they hand over.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

enum Message {
    Do(Job),
    Close(oneshot::Sender<Result<(), Failure>>),
}

/// A handle of the writer thread. The thread ends, in order, when the last handle is dropped.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    sender: mpsc::Sender<Message>,
    path: Arc<Path>,
}

impl Writer {
    /// Starts the thread that works with the opened file at `path`.
    pub(super) fn start(path: PathBuf, connection: Connection) -> Result<Self, LedgerError> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || serve(connection, receiver))
            .map_err(|error| LedgerError::new("start its writer", &path, error.into()))?;
        Ok(Writer { sender, path: path.into() })
    }

    /// Runs `work` in one IMMEDIATE transaction: when this returns `Ok`, it is on disk; else nothing of it is.
    ///
    /// `tried` completes "cannot ...".
    pub(super) async fn write<T: Send + 'static>(
        &self,
        tried: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.run(tried, move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            crash_point!("before commit:", tried);
            transaction.commit()?;
            crash_point!("after commit:", tried);
            Ok(answer)
        })
        .await
    }

    /// Runs `work`, which only reads, after all that was written before. It needs no transaction: nobody else writes.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        tried: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.run(tried, move |connection| work(connection)).await
    }

    /// Lets the thread finish what it was given, then checkpoint and close the file. Later calls find it gone.
    pub(super) async fn close(&self) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.hand_over("close it", Message::Close(reply), answer).await
    }

    async fn run<T: Send + 'static>(
        &self,
        tried: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Nobody listens when the caller was cancelled; the work is done all the same.
            let _ = reply.send(work(connection));
        });
        self.hand_over(tried, Message::Do(job), answer).await
    }

    async fn hand_over<T>(
        &self,
        tried: &'static str,
        message: Message,
        answer: oneshot::Receiver<Result<T, Failure>>,
    ) -> Result<T, LedgerError> {
        let gone = || LedgerError::new(tried, &self.path, Class::Gone.into());
        self.sender.send(message).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(|failure| LedgerError::new(tried, &self.path, failure))
    }
}

fn serve(mut connection: Connection, mut receiver: mpsc::Receiver<Message>) {
    while let Some(message) = receiver.blocking_recv() {
        match message {
            Message::Do(job) => job(&mut connection),
            Message::Close(reply) => {
                let _ = reply.send(finish(connection));
                return;
            }
        }
    }
    // Without a call of `close` nobody is left to hear of a failure, and nothing is lost by one: what is committed
    // stands in the WAL.
    let _ = finish(connection);
}

fn finish(connection: Connection) -> Result<(), Failure> {
    // TRUNCATE, so that what secure_delete erased in the file does not live on in the WAL. A reader may hold it up:
    // then the next start does it.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error.into())
}
