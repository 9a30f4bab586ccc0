package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// Tokens as the CLI and JulieOps read them (mds-api.md 2.2, 2.3).

func TestATokenIsOneThatClientsCanRead(t *testing.T) {
	api := client(t)
	answer, response, err := api.TokensAndAuthenticationApi.GetToken(basic(alice(t)))
	must(t, "authenticate", response, err, http.StatusOK)
	if answer.TokenType != "Bearer" || answer.ExpiresIn <= 60 {
		t.Errorf("token_type %q, expires_in %v", answer.TokenType, answer.ExpiresIn)
	}
	parts := strings.Split(answer.AuthToken, ".")
	if len(parts) != 3 || strings.ContainsAny(answer.AuthToken, "=+/") {
		t.Fatal("no compact JWS without padding")
	}
	var header struct{ Alg, Kid string }
	var claims struct {
		Sub string
		Exp float64
		Iat float64
	}
	for index, into := range []interface{}{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[index])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	if header.Alg != "RS256" && header.Alg != "ES256" || header.Kid == "" {
		t.Errorf("alg %q, kid %q", header.Alg, header.Kid)
	}
	if claims.Sub != "alice" {
		t.Errorf("sub %q: the CLI takes it for the user's name", claims.Sub)
	}
	if left := time.Until(time.Unix(int64(claims.Exp), 0)); left < time.Minute {
		t.Errorf("a token that lives %v is expired for the CLI", left)
	}
}

// JulieOps reads expires_in into an Integer, and wants all three fields.
func TestExpiresInIsAWholeNumber(t *testing.T) {
	base := variable(t, "OPENMDS_URL")
	var found map[string]json.RawMessage
	who := bob(t)
	credentials := base64.StdEncoding.EncodeToString([]byte(who.name + ":" + who.password))
	raw(t, &http.Client{}, "GET", base+"/security/1.0/authenticate", "", map[string]string{"Authorization": "Basic " + credentials}).
		must(t, "authenticate", http.StatusOK).into(t, &found)
	for _, key := range []string{"auth_token", "token_type", "expires_in"} {
		if len(found[key]) == 0 {
			t.Errorf("%s is missing", key)
		}
	}
	if text := string(found["expires_in"]); strings.Trim(text, "0123456789") != "" {
		t.Errorf("expires_in is %s", text)
	}
}

// The health check of cp-ansible, and how Control Center renews (mds-api.md 2.2).
func TestATokenBuysAFreshOne(t *testing.T) {
	api := client(t)
	answer, response, err := api.TokensAndAuthenticationApi.GetToken(as(t, bob(t)))
	must(t, "authenticate with Bearer", response, err, http.StatusOK)
	_, response, err = api.RBACRoleDefinitionsApi.Rolenames(bearer(answer.AuthToken))
	want(t, "the fresh token", response, err, http.StatusOK)
}

// The public keys, and the pages that lead to them.
func TestThePublishedKeysAreThoseThatSign(t *testing.T) {
	base := variable(t, "OPENMDS_URL")
	var set struct {
		Keys []map[string]interface{} `json:"keys"`
	}
	raw(t, &http.Client{}, "GET", base+"/security/1.0/jwks.json", "", nil).must(t, "JWKS", http.StatusOK).into(t, &set)
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token(t, bob(t)), ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Kid string }
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, key := range set.Keys {
		found = found || key["kid"] == header.Kid
		if key["d"] != nil || key["p"] != nil {
			t.Error("a private key is published")
		}
	}
	if !found {
		t.Errorf("key %s is not published", header.Kid)
	}
}

// A 401 never triggers a renewal: the client shows what it got (mds-api.md 0.4).
func TestA401IsAnsweredOnceAndSaysHowToLogIn(t *testing.T) {
	_, response, err := client(t).RBACRoleDefinitionsApi.Rolenames(bearer("a.b.c"))
	must(t, "a broken token", response, err, http.StatusUnauthorized)
	if message(t, err) == "" || response.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("WWW-Authenticate is %q", response.Header.Get("WWW-Authenticate"))
	}
}

func TestFeaturesTellThatThereIsNoSingleSignOn(t *testing.T) {
	features, response, err := client(t).MetadataServiceOperationsApi.Features(bearer(""))
	must(t, "features", response, err, http.StatusOK)
	if features.Features["oidc.login.device.1.enabled"] {
		t.Error("the playground has no identity provider, yet single sign-on is announced")
	}
	if len(features.Features) == 0 {
		t.Error("no features at all")
	}
}

// Without an identity provider the device flow is refused with a JSON error, not with a page of the framework.
func TestTheDeviceFlowWithoutAnIdentityProvider(t *testing.T) {
	api := client(t).SSODeviceAuthorizationApi
	_, response, err := api.Security10OidcDeviceAuthenticatePost(bearer(""))
	refusedKindly(t, "device/authenticate", response, err)
	_, response, err = api.CheckDeviceAuth(bearer(""), mds.CheckDeviceAuthRequest{UserCode: "x", Key: "y"})
	refusedKindly(t, "device/check-auth", response, err)
	_, response, err = api.ExtendDeviceAuth(bearer(""), mds.ExtendAuthRequest{AccessToken: "x"})
	refusedKindly(t, "device/extend-auth", response, err)
}

func refusedKindly(t *testing.T, what string, response *http.Response, err error) {
	t.Helper()
	if response == nil || response.StatusCode < 400 || response.StatusCode >= 500 || response.StatusCode == http.StatusUnsupportedMediaType {
		t.Errorf("%s: %v %v", what, response, err)
		return
	}
	message(t, err)
}
