//! A directory server of our own, on free ports of this machine.

use std::collections::HashSet;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ldap3::{Ldap, LdapConnAsync, Mod};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// The account that searches. It may not read more than ten entries at once, so that searches
/// without pages fail.
pub(crate) const READER: &str = "cn=reader,dc=example,dc=org";

const ROOT: &str = "cn=root,dc=example,dc=org";

/// A running slapd; it ends with this value.
pub(crate) struct Slapd {
    folder: TempDir,
    child: Option<Child>,
    plain: u16,
    encrypted: u16,
}

fn program(name: &str) -> PathBuf {
    let places = ["/usr/sbin", "/usr/lib/openldap", "/usr/local/libexec"];
    let mut found = places.iter().map(|place| Path::new(place).join(name));
    found.find(|path| path.exists()).unwrap_or_else(|| {
        panic!("{name} is missing: these tests need OpenLDAP's server; install the Debian package `slapd` (scripts/prerequisites does)")
    })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Slapd {
    /// Starts one with the entries of [`entries`].
    pub(crate) fn start() -> Self {
        Self::started("never")
    }

    /// The same, which speaks TLS only to those who show a certificate of its authority.
    pub(crate) fn start_demanding() -> Self {
        Self::started("demand")
    }

    fn started(verify_client: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("data")).unwrap();
        certificates(folder.path());
        fs::write(path("entries.ldif"), entries()).unwrap();
        let settings = configuration(folder.path(), verify_client);
        fs::write(path("slapd.conf"), settings).unwrap();
        run(Command::new(program("slapadd"))
            .arg("-f")
            .arg(path("slapd.conf"))
            .arg("-l")
            .arg(path("entries.ldif")));
        let mut started = Self {
            folder,
            child: None,
            plain: free_port(),
            encrypted: free_port(),
        };
        started.resume();
        started
    }

    /// Starts it (again), on the same ports.
    pub(crate) fn resume(&mut self) {
        let listeners = format!("{} {}", self.url(), self.encrypted_url());
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(program("slapd"))
            .arg("-f")
            .arg(self.folder.path().join("slapd.conf"))
            .args(["-h", &listeners, "-d", "none"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        for port in [self.plain, self.encrypted] {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
                assert!(Instant::now() < deadline, "slapd does not listen: {log}");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    /// Stops it.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.plain)
    }

    pub(crate) fn encrypted_url(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.encrypted)
    }

    /// The certificate authority of its certificate.
    pub(crate) fn trusted(&self) -> String {
        self.path_of("ca.pem")
    }

    /// A certificate of that authority for a client, with its key.
    pub(crate) fn client(&self) -> String {
        self.path_of("client.pem")
    }

    fn path_of(&self, file: &str) -> String {
        self.folder.path().join(file).to_str().unwrap().to_string()
    }

    async fn as_root(&self) -> Ldap {
        let (connection, mut ldap) = LdapConnAsync::new(&self.url()).await.unwrap();
        ldap3::drive!(connection);
        ldap.simple_bind(ROOT, "root-secret")
            .await
            .unwrap()
            .success()
            .unwrap();
        ldap
    }

    /// Changes the values of one attribute of an entry.
    pub(crate) async fn change(&self, dn: &str, attribute: &str, values: &[&str]) {
        let mut ldap = self.as_root().await;
        let values: HashSet<&str> = values.iter().copied().collect();
        let changes = vec![Mod::Replace(attribute, values)];
        ldap.modify(dn, changes).await.unwrap().success().unwrap();
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn certificates(folder: &Path) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_string()]).unwrap();
    let issuer = Issuer::new(params, &ca_key);
    let server = server.signed_by(&key, &issuer).unwrap();
    let client_key = KeyPair::generate().unwrap();
    let mut client = CertificateParams::default();
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client = client.signed_by(&client_key, &issuer).unwrap();
    let client = format!("{}{}", client.pem(), client_key.serialize_pem());
    fs::write(folder.join("client.pem"), client).unwrap();
    fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
    fs::write(folder.join("cert.pem"), server.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
}

fn configuration(folder: &Path, verify_client: &str) -> String {
    let folder = folder.display();
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
sizelimit size.soft=10 size.hard=10 size.prtotal=unlimited
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
TLSVerifyClient {verify_client}
access to attrs=userPassword by anonymous auth by * none
access to * by * read
database mdb
suffix dc=example,dc=org
rootdn {ROOT}
rootpw root-secret
directory {folder}/data
"
    )
}

fn user(name: &str, dn: &str, more: &str) -> String {
    format!(
        "dn: uid={dn},ou=users,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\nsn: x\nuserPassword: {name}-secret\n{more}\n"
    )
}

fn group(name: &str, members: &[&str]) -> String {
    let members = members
        .iter()
        .map(|member| format!("member: uid={member},ou=users,dc=example,dc=org\n"));
    format!(
        "dn: cn={name},ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\ncn: {name}\n{}\n",
        members.collect::<String>()
    )
}

fn entries() -> String {
    let mut text = String::from(
        "dn: dc=example,dc=org\nobjectClass: domain\ndc: example\n\n\
         dn: ou=users,dc=example,dc=org\nobjectClass: organizationalUnit\nou: users\n\n\
         dn: ou=deep,ou=users,dc=example,dc=org\nobjectClass: organizationalUnit\nou: deep\n\n\
         dn: ou=groups,dc=example,dc=org\nobjectClass: organizationalUnit\nou: groups\n\n\
         dn: cn=reader,dc=example,dc=org\nobjectClass: person\ncn: reader\nsn: x\nuserPassword: reader-secret\n\n",
    );
    text += &user("mds", "mds", "");
    text += &user(
        "alice",
        "alice",
        "seeAlso: cn=auditors,ou=groups,dc=example,dc=org\n",
    );
    text += &user("bob", "bob", "employeeType: leaver\n");
    text += &user("we(i)rd*\\x", "we(i)rd*\\5Cx", "");
    text += &user("_openmds", "_openmds", "");
    text += &user("dora", "dora,ou=deep", "");
    text += &group("auditors", &["alice", "elsewhere,ou=deep"]);
    for number in 0..25 {
        text += &group(&format!("team{number:02}"), &["bob"]);
    }
    text
}
