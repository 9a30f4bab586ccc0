// Package clients drives a running OpenMDS server as the clients do that people already have: with the public Go
// SDK, and with the plain requests of cp-ansible and JulieOps. The server, its clusters and its users are those of a
// playground; the variables are those of its file `env`.
//
// Everything is named by chance, so that a second run against the same server finds nothing of the first.
package clients

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// TestMain fails where there is no server to speak to: a suite that is skipped would look like one that passes.
func TestMain(m *testing.M) {
	if os.Getenv("OPENMDS_URL") == "" {
		fmt.Println("OPENMDS_URL is not set: start ./quickstart --detach and source .playground/env")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// variable is a variable of the playground's file `env`.
func variable(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set: it is in .playground/env", name)
	}
	return value
}

// user is somebody who can log in with a password.
type user struct{ name, password string }

func super(t *testing.T) user {
	t.Helper()
	return user{variable(t, "OPENMDS_SUPER_USER"), variable(t, "OPENMDS_SUPER_PASSWORD")}
}

// alice is AuditAdmin on every registered cluster.
func alice(t *testing.T) user { t.Helper(); return user{"alice", variable(t, "ALICE_PASSWORD")} }

// bob has no role.
func bob(t *testing.T) user { t.Helper(); return user{"bob", variable(t, "BOB_PASSWORD")} }

// carol has no role and is in a group.
func carol(t *testing.T) user { t.Helper(); return user{"carol", variable(t, "CAROL_PASSWORD")} }

// sdk is the SDK's client for a base path, watched by an observer of this test.
func sdk(t *testing.T, base string, client *http.Client) *mds.APIClient {
	t.Helper()
	configuration := mds.NewConfiguration()
	configuration.BasePath = base
	configuration.HTTPClient = watched(t, client)
	return mds.NewAPIClient(configuration)
}

// client speaks plain HTTP to the server.
func client(t *testing.T) *mds.APIClient {
	t.Helper()
	return sdk(t, variable(t, "OPENMDS_URL"), &http.Client{})
}

// trusting trusts the playground's authority; with a certificate it shows that one.
func trusting(t *testing.T, certificates ...tls.Certificate) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(variable(t, "OPENMDS_CA"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("OPENMDS_CA holds no certificate")
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: certificates, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}}
}

// certificate is that of OPENMDS_CLIENT_NAME.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(variable(t, "OPENMDS_CLIENT_CERT"), variable(t, "OPENMDS_CLIENT_KEY"))
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

var tokens sync.Map

// token logs a user in, once for the whole run.
func token(t *testing.T, who user) string {
	t.Helper()
	if known, ok := tokens.Load(who.name); ok {
		return known.(string)
	}
	answer, response, err := client(t).TokensAndAuthenticationApi.GetToken(basic(who))
	must(t, "log in as "+who.name, response, err, http.StatusOK)
	tokens.Store(who.name, answer.AuthToken)
	return answer.AuthToken
}

func basic(who user) context.Context {
	return context.WithValue(context.Background(), mds.ContextBasicAuth, mds.BasicAuth{UserName: who.name, Password: who.password})
}

func bearer(token string) context.Context {
	return context.WithValue(context.Background(), mds.ContextAccessToken, token)
}

// as carries the user's token, as every client does after its login.
func as(t *testing.T, who user) context.Context { t.Helper(); return bearer(token(t, who)) }

// must stops the test unless the SDK saw this status.
func must(t *testing.T, what string, response *http.Response, err error, status int) {
	t.Helper()
	if problem := differs(response, err, status); problem != "" {
		t.Fatalf("%s: %s", what, problem)
	}
}

// want is must, but the test goes on.
func want(t *testing.T, what string, response *http.Response, err error, status int) {
	t.Helper()
	if problem := differs(response, err, status); problem != "" {
		t.Errorf("%s: %s", what, problem)
	}
}

func differs(response *http.Response, err error, status int) string {
	said := ""
	if failure, ok := err.(mds.GenericOpenAPIError); ok {
		said = string(failure.Body())
	}
	switch {
	case response == nil:
		return fmt.Sprintf("no answer: %v", err)
	case response.StatusCode != status:
		return fmt.Sprintf("%s instead of %d: %v %s", response.Status, status, err, said)
	case status < 300 && err != nil:
		return fmt.Sprintf("%s, but the SDK says: %v %s", response.Status, err, said)
	case status >= 300 && err == nil:
		return fmt.Sprintf("%s, but no error", response.Status)
	}
	return ""
}

// message is what an error tells people (mds-api.md 8.1).
func message(t *testing.T, err error) string {
	t.Helper()
	failure, ok := err.(mds.GenericOpenAPIError)
	if !ok {
		t.Fatalf("no error of the SDK: %v", err)
	}
	var body mds.ErrorResponse
	if json.Unmarshal(failure.Body(), &body) != nil || body.Message == "" {
		t.Fatalf("the error carries no message: %s", failure.Body())
	}
	return body.Message
}

// fresh is a name that nobody has used.
func fresh(prefix string) string {
	bytes := make([]byte, 6)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return prefix + hex.EncodeToString(bytes)
}

// kafka is the scope of a Kafka cluster.
func kafka(id string) mds.MdsScope {
	return mds.MdsScope{Clusters: mds.ScopeClusters{KafkaCluster: id}}
}

func literal(kind, name string) mds.ResourcePattern {
	return mds.ResourcePattern{ResourceType: kind, Name: name, PatternType: "LITERAL"}
}

func prefixed(kind, name string) mds.ResourcePattern {
	return mds.ResourcePattern{ResourceType: kind, Name: name, PatternType: "PREFIXED"}
}

func contains(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}

func mentions(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not name %q", text, part)
		}
	}
}
