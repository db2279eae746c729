//! What JavaScript calls: it makes room for a call, writes it there as UTF-8, has it answered, and reads the answer, which
//! stands until the next call. The module asks nothing of its host.
#![expect(
    unsafe_code,
    reason = "a name that is called from outside is unsafe to the compiler: it could be taken already"
)]

use std::cell::RefCell;

use crate::Session;

/// The session of this module, the call that it answers, and the answer.
#[derive(Default)]
struct Held {
    session: Session,
    call: Vec<u8>,
    answer: String,
}

thread_local! {
    static HELD: RefCell<Held> = RefCell::default();
}

/// Makes room for a call of so many bytes, and tells where.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn qudao_room(bytes: usize) -> *mut u8 {
    HELD.with_borrow_mut(|held| {
        held.call.clear();
        held.call.resize(bytes, 0);
        held.call.as_mut_ptr()
    })
}

/// Answers the call, and tells how long the answer is.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn qudao_call() -> usize {
    HELD.with_borrow_mut(|held| {
        let call = std::mem::take(&mut held.call);
        held.answer = held.session.call(&String::from_utf8_lossy(&call));
        held.answer.len()
    })
}

/// Tells where the answer stands.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn qudao_answer() -> *const u8 {
    HELD.with_borrow(|held| held.answer.as_ptr())
}
