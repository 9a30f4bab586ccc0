//! The exported functions: what `io.openmds.kafka.NativeEngine` declares `native`.
//!
//! Each is a shell: it copies bytes in, calls the engine, copies bytes out. No panic leaves it,
//! because a panic that reaches the JVM ends the broker. Return codes: `spec/native-bridge.md`.
#![expect(
    unsafe_code,
    reason = "exported symbols, and one view of Java's signed bytes as unsigned ones"
)]

use std::cell::RefCell;

use jni::objects::{JByteArray, JClass, JLongArray};
use jni::sys::{jboolean, jbyte, jint, jlong};
use jni::{Env, EnvUnowned, Outcome};

use crate::boundary::{
    CLOSED, DONE, PANICKED, REFUSED, Scratch, authorize, change_local, forget, judged, keep_panics,
    last_panic, note_login, now_micros, record,
};
use crate::counters::Counter;
use crate::engine::{Engine, Settings};
use crate::pairs::Pairs;
use crate::table;

/// Version of all layouts together; Java refuses a library of another one.
const LAYOUT_VERSION: jint = 6;

/// Runs `call` and answers for it if it fails: `refused` if the JVM refused a copy (an exception is
/// then pending in Java), `panicked` if it panicked.
fn guarded<'local, T>(
    env: &mut EnvUnowned<'local>,
    handle: jlong,
    (refused, panicked): (T, T),
    call: impl FnOnce(&mut Env<'local>) -> jni::errors::Result<T>,
) -> T {
    match env.with_env(call).into_outcome() {
        Outcome::Ok(value) => value,
        Outcome::Err(_) => refused,
        Outcome::Panic(payload) => {
            forget(payload);
            with_engine(handle, |engine| engine.counters().add(Counter::Panics, 1));
            panicked
        }
    }
}

fn with_engine<T>(handle: jlong, use_engine: impl FnOnce(&Engine) -> T) -> Option<T> {
    table::with(u64::try_from(handle).unwrap_or(0), use_engine)
}

/// Java's bytes are signed.
const fn unsigned(bytes: &[jbyte]) -> &[u8] {
    // SAFETY: i8 and u8 have the same size, alignment and validity.
    unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast::<u8>(), bytes.len()) }
}

const fn signed(bytes: &[u8]) -> &[jbyte] {
    // SAFETY: i8 and u8 have the same size, alignment and validity.
    unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast::<jbyte>(), bytes.len()) }
}

const fn signed_mut(bytes: &mut [u8]) -> &mut [jbyte] {
    // SAFETY: i8 and u8 have the same size, alignment and validity.
    unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast::<jbyte>(), bytes.len()) }
}

fn copy_in(env: &Env<'_>, array: &JByteArray<'_>) -> jni::errors::Result<Vec<u8>> {
    let mut bytes = vec![0; array.len(env)?];
    array.get_region(env, 0, signed_mut(&mut bytes))?;
    Ok(bytes)
}

/// `static native int layoutVersion()`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_layoutVersion<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    LAYOUT_VERSION
}

/// `static native long open(byte[] settings)`; 0 if the settings are not a message.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_open<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    settings: JByteArray<'local>,
) -> jlong {
    guarded(&mut env, 0, (0, 0), |env| {
        keep_panics();
        let handle = Pairs::decode(&copy_in(env, &settings)?)
            .map(|pairs| table::open(Engine::new(Settings::of(&pairs))));
        Ok(handle
            .and_then(|handle| jlong::try_from(handle).ok())
            .unwrap_or(0))
    })
}

/// `static native byte[] check(long handle, byte[] document)`; null if closed or panicked.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_check<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    document: JByteArray<'local>,
) -> JByteArray<'local> {
    let check = |engine: &Engine, text: &str| engine.check(text).map(|summary| summary.to_pairs());
    answer(env, handle, &document, |engine, text| {
        judged(engine, text, check)
    })
}

/// `static native byte[] apply(long handle, byte[] document)`; null if closed or panicked.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_apply<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    document: JByteArray<'local>,
) -> JByteArray<'local> {
    let apply = |engine: &Engine, text: &str| engine.apply(text).map(|summary| summary.to_pairs());
    answer(env, handle, &document, |engine, text| {
        judged(engine, text, apply)
    })
}

/// `static native byte[] companion(long handle, byte[] companion, boolean apply)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_companion<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    companion: JByteArray<'local>,
    apply: jboolean,
) -> JByteArray<'local> {
    let accept = if apply {
        Engine::accompany
    } else {
        Engine::check_companion
    };
    answer(env, handle, &companion, |engine, text| {
        judged(engine, text, accept)
    })
}

/// `static native void identify(long handle, byte[] clusterId)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_identify<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    cluster_id: JByteArray<'local>,
) {
    guarded(&mut env, handle, ((), ()), |env| {
        let bytes = copy_in(env, &cluster_id)?;
        with_engine(handle, |engine| {
            engine.identify(&String::from_utf8_lossy(&bytes))
        });
        Ok(())
    });
}

/// Bytes in, bytes out; null if closed or panicked.
fn answer<'local>(
    mut env: EnvUnowned<'local>,
    handle: jlong,
    question: &JByteArray<'local>,
    answer: impl FnOnce(&Engine, &[u8]) -> Vec<u8>,
) -> JByteArray<'local> {
    guarded(&mut env, handle, Default::default(), |env| {
        let bytes = if question.is_null() {
            Vec::new()
        } else {
            copy_in(env, question)?
        };
        with_engine(handle, |engine| answer(engine, &bytes)).map_or_else(
            || Ok(JByteArray::default()),
            |bytes| env.byte_array_from_slice(&bytes),
        )
    })
}

/// `static native byte[] follow(long handle, byte[] frames)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_follow<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    frames: JByteArray<'local>,
) -> JByteArray<'local> {
    let follow = |engine: &Engine, frames: &[u8]| engine.follow(frames).encode();
    answer(env, handle, &frames, follow)
}

/// `static native byte[] policy(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_policy<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JByteArray<'local> {
    let policy = |engine: &Engine, _: &[u8]| engine.policy(now_micros() / 1_000).encode();
    answer(env, handle, &JByteArray::default(), policy)
}

/// `static native byte[] copy(long handle)`; empty if nothing is held.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_copy<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JByteArray<'local> {
    let copy = |engine: &Engine, _: &[u8]| engine.copy().unwrap_or_default();
    answer(env, handle, &JByteArray::default(), copy)
}

/// `static native byte[] explain(long handle, byte[] question)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_explain<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    question: JByteArray<'local>,
) -> JByteArray<'local> {
    answer(env, handle, &question, |engine, question| {
        let question = Pairs::decode(question).unwrap_or_default();
        engine.explain(&question).encode()
    })
}

/// `static native byte[] shadow(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_shadow<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> JByteArray<'local> {
    answer(env, handle, &JByteArray::default(), |engine, _| {
        engine.shadow()
    })
}

/// `static native int localAcls(long handle, byte[] acls, int what)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_localAcls<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    acls: JByteArray<'local>,
    what: jint,
) -> jint {
    guarded(&mut env, handle, (REFUSED, PANICKED), |env| {
        let bytes = copy_in(env, &acls)?;
        let code = with_engine(handle, |engine| change_local(engine, &bytes, what));
        Ok(code.unwrap_or(CLOSED))
    })
}

/// `static native int login(long handle, byte[] login)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_login<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    login: JByteArray<'local>,
) -> jint {
    guarded(&mut env, handle, (REFUSED, PANICKED), |env| {
        let bytes = copy_in(env, &login)?;
        let code = with_engine(handle, |engine| note_login(engine, &bytes));
        Ok(code.unwrap_or(CLOSED))
    })
}

/// `static native byte[] tell(long handle, byte[] what)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_tell<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    what: JByteArray<'local>,
) -> JByteArray<'local> {
    let told = |engine: &Engine, what: &[u8]| engine.told(what, now_micros);
    answer(env, handle, &what, told)
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A larger message is given back after use.
const LARGEST_KEPT: usize = 1 << 20;

/// The message, copied into memory of the thread; `None` if its length is none.
fn read<'a>(
    env: &Env<'_>,
    (message, length): (&JByteArray<'_>, jint),
    into: &'a mut Vec<jbyte>,
) -> jni::errors::Result<&'a [u8]> {
    let length = usize::try_from(length).unwrap_or(0);
    if into.len() < length || into.len() > LARGEST_KEPT {
        *into = vec![0; length];
    }
    let bytes = into.get_mut(..length).unwrap_or_default();
    message.get_region(env, 0, bytes)?;
    Ok(unsigned(bytes))
}

/// `static native int authorize(long handle, byte[] message, int length)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_authorize<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    message: JByteArray<'local>,
    length: jint,
) -> jint {
    decide(env, handle, message, length, false)
}

/// `static native int authorizeByType(long handle, byte[] message, int length)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_authorizeByType<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    message: JByteArray<'local>,
    length: jint,
) -> jint {
    decide(env, handle, message, length, true)
}

/// There is room: an action takes more bytes than what is written back, and the head more than a ticket.
fn write_back(
    env: &Env<'_>,
    message: &JByteArray<'_>,
    (answer, back): (Option<jint>, &[jbyte]),
) -> jni::errors::Result<jint> {
    let answer = answer.unwrap_or(CLOSED);
    if answer >= 0 && !back.is_empty() {
        message.set_region(env, 0, back)?;
    }
    Ok(answer)
}

fn decide<'local>(
    mut env: EnvUnowned<'local>,
    handle: jlong,
    message: JByteArray<'local>,
    length: jint,
    by_type: bool,
) -> jint {
    guarded(&mut env, handle, (REFUSED, PANICKED), |env| {
        SCRATCH.with_borrow_mut(|scratch| {
            let bytes = read(env, (&message, length), &mut scratch.message)?;
            let room = (&mut scratch.verdicts, &mut scratch.back);
            let answer = with_engine(handle, |engine| authorize(engine, bytes, by_type, room));
            write_back(env, &message, (answer, &scratch.back))
        })
    })
}

/// `static native int record(long handle, byte[] message, int length)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_record<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    message: JByteArray<'local>,
    length: jint,
) -> jint {
    guarded(&mut env, handle, (REFUSED, PANICKED), |env| {
        SCRATCH.with_borrow_mut(|scratch| {
            let bytes = read(env, (&message, length), &mut scratch.message)?;
            let room = (&mut scratch.verdicts, &mut scratch.back);
            let answer = with_engine(handle, |engine| record(engine, bytes, room));
            write_back(env, &message, (answer, &scratch.back))
        })
    })
}

/// `static native int drain(long handle, byte[] batch)`: the batch's length, 0 if nothing waits;
/// minus the length if the array is too short for a batch that is then kept for the next call.
/// `Integer.MIN_VALUE` plus a return code if it failed.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_drain<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    batch: JByteArray<'local>,
) -> jint {
    let failed = |code: jint| jint::MIN.wrapping_sub(code);
    guarded(
        &mut env,
        handle,
        (failed(REFUSED), failed(PANICKED)),
        |env| {
            let capacity = batch.len(env)?;
            let drained = with_engine(handle, |engine| {
                engine.drain(capacity, |bytes| {
                    let length = jint::try_from(bytes.len()).unwrap_or(jint::MAX);
                    if bytes.len() > capacity {
                        return (false, Ok(length.wrapping_neg()));
                    }
                    let copied = batch.set_region(env, 0, signed(bytes));
                    (copied.is_ok(), copied.map(|()| length))
                })
            });
            drained.map_or(Ok(failed(CLOSED)), |drained| drained.unwrap_or(Ok(0)))
        },
    )
}

/// `static native int counters(long handle, long[] sums)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_counters<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
    sums: JLongArray<'local>,
) -> jint {
    guarded(&mut env, handle, (REFUSED, PANICKED), |env| {
        let values = with_engine(handle, |engine| {
            let sums = engine.sums().into_iter();
            sums.map(u64::cast_signed).collect::<Vec<jlong>>()
        });
        let Some(values) = values else {
            return Ok(CLOSED);
        };
        sums.set_region(env, 0, &values)?;
        Ok(DONE)
    })
}

/// `static native int fillPermille(long handle)`: how full the queue is; 0 if closed.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_fillPermille<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) -> jint {
    guarded(&mut env, handle, (0, 0), |_| {
        let fill = with_engine(handle, |engine| engine.queue().fill_permille());
        Ok(fill.and_then(|fill| jint::try_from(fill).ok()).unwrap_or(0))
    })
}

/// `static native byte[] takeLastPanic()`: what the last panic said, once; null if nothing.
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_takeLastPanic<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    guarded(&mut env, 0, Default::default(), |env| {
        let text = last_panic().take();
        text.map_or_else(
            || Ok(JByteArray::default()),
            |text| env.byte_array_from_slice(text.as_bytes()),
        )
    })
}

/// `static native void breakNextDecisionForTest(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_breakNextDecisionForTest<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    guarded(&mut env, handle, ((), ()), |_| {
        with_engine(handle, Engine::break_next_decision);
        Ok(())
    });
}

/// `static native void breakNextRecordForTest(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_breakNextRecordForTest<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    guarded(&mut env, handle, ((), ()), |_| {
        with_engine(handle, Engine::break_next_record);
        Ok(())
    });
}

/// `static native void close(long handle)`
#[unsafe(no_mangle)]
extern "system" fn Java_io_openmds_kafka_NativeEngine_close<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    handle: jlong,
) {
    guarded(&mut env, handle, ((), ()), |_| {
        table::close(u64::try_from(handle).unwrap_or(0));
        Ok(())
    });
}
