//! Commands that run, each on a thread of its own, and whether somebody still waits for what comes of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lsp_server::{ErrorCode, Message, RequestId, Response};

/// The commands that run.
#[derive(Clone)]
pub(super) struct Running(Arc<Mutex<Waited>>);

struct Waited {
    /// The requests that were not answered yet.
    ids: BTreeSet<RequestId>,
    /// Tells the client; nothing once the server has ended, so that no command keeps it from ending.
    send: Option<Box<dyn Fn(Message) + Send>>,
}

impl Running {
    pub(super) fn new(send: impl Fn(Message) + Send + 'static) -> Running {
        Running(Arc::new(Mutex::new(Waited { ids: BTreeSet::new(), send: Some(Box::new(send)) })))
    }

    fn waited(&self) -> MutexGuard<'_, Waited> {
        // Nothing is done under the lock that could leave it halfway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, id: RequestId) {
        self.waited().ids.insert(id);
    }

    /// Tells what came of a command, unless it was taken back.
    pub(super) fn done(&self, id: &RequestId, told: Vec<Message>) {
        let mut waited = self.waited();
        if waited.ids.remove(id)
            && let Some(send) = &waited.send
        {
            told.into_iter().for_each(send);
        }
    }

    /// Answers a command that is taken back; what comes of it is told to nobody.
    pub(super) fn cancel(&self, id: &RequestId) {
        self.done(id, vec![cancelled(id.clone())]);
    }

    /// Nobody waits for anything any more.
    pub(super) fn end(&self) {
        self.waited().send = None;
    }
}

/// The answer to a request that was taken back.
pub(super) fn cancelled(id: RequestId) -> Message {
    let code = ErrorCode::RequestCanceled as i32;
    Response::new_err(id, code, "the request was cancelled".into()).into()
}
