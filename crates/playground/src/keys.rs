//! The signing key of the server and its JWKS, which must exist before any broker starts.

use std::fs;

use anyhow::{Context, Result, anyhow};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::blueprint::write_private;
use crate::layout::Layout;

/// Makes both files, unless they exist.
pub(crate) fn generate(layout: &Layout) -> Result<()> {
    let (key_file, jwks_file) = (layout.signing_key(), layout.jwks());
    if key_file.exists() && jwks_file.exists() {
        return Ok(());
    }
    fs::create_dir_all(key_file.parent().context("keys have a directory")?)?;
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no RSA key"))?;
    let der =
        AsDer::<aws_lc_rs::encoding::Pkcs8V1Der>::as_der(&key).map_err(|_| anyhow!("no PKCS#8"))?;
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    );
    let public = key.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    let canonical = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    let kid = URL_SAFE_NO_PAD.encode(digest.as_ref());
    let jwks = serde_json::json!({"keys": [
        {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e}
    ]});
    write_private(&key_file, pem.as_bytes())?;
    fs::write(&jwks_file, jwks.to_string())?;
    Ok(())
}
