//! The native core without a JVM.
#[cfg(test)]
mod cases;
#[cfg(test)]
mod codec;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod message;
