package clients

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The token endpoint as Kafka clients use it (kafka-internals.md 5, RFC 6749), and the documents that lead to it.

type oauthAnswer struct {
	Token     string  `json:"access_token"`
	Type      string  `json:"token_type"`
	ExpiresIn float64 `json:"expires_in"`
	Error     string  `json:"error"`
}

func grant(t *testing.T, form url.Values, header map[string]string, status int) oauthAnswer {
	t.Helper()
	all := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
	for name, value := range header {
		all[name] = value
	}
	var found oauthAnswer
	raw(t, &http.Client{}, "POST", variable(t, "OPENMDS_URL")+"/oauth2/token", form.Encode(), all).must(t, form.Get("grant_type"), status).into(t, &found)
	return found
}

func TestClientCredentialsBuyAToken(t *testing.T) {
	credentials := url.Values{"grant_type": {"client_credentials"}}
	basic := map[string]string{"Authorization": basicHeader(bob(t))}
	inBody := url.Values{"grant_type": {"client_credentials"}, "client_id": {"bob"}, "client_secret": {bob(t).password}}
	withScope := url.Values{"grant_type": {"client_credentials"}, "scope": {"kafka"}}
	for what, found := range map[string]oauthAnswer{
		"Java and librdkafka": grant(t, credentials, basic, 200), "with a scope": grant(t, withScope, basic, 200), "in the body": grant(t, inBody, nil, 200),
	} {
		if found.Token == "" || !strings.EqualFold(found.Type, "Bearer") || found.ExpiresIn <= 0 {
			t.Errorf("%s: %+v", what, found)
			continue
		}
		_, response, err := client(t).RBACRoleDefinitionsApi.Rolenames(bearer(found.Token))
		want(t, what, response, err, http.StatusOK)
	}
	for what, one := range map[string]struct {
		form   url.Values
		header map[string]string
		status int
		error  string
	}{
		"a wrong secret":     {credentials, map[string]string{"Authorization": basicHeader(user{"bob", "x"})}, 401, "invalid_client"},
		"nobody":             {credentials, nil, 401, "invalid_client"},
		"no grant":           {url.Values{}, basic, 400, "invalid_request"},
		"an unknown grant":   {url.Values{"grant_type": {"password"}}, basic, 400, "unsupported_grant_type"},
		"a broken assertion": {url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {"a.b.c"}}, nil, 400, "invalid_grant"},
	} {
		if found := grant(t, one.form, one.header, one.status); found.Error != one.error {
			t.Errorf("%s: %+v", what, found)
		}
	}
}

func TestDiscoveryLeadsToTheEndpoints(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		var found struct {
			Issuer string   `json:"issuer"`
			Token  string   `json:"token_endpoint"`
			Keys   string   `json:"jwks_uri"`
			Grants []string `json:"grant_types_supported"`
		}
		raw(t, &http.Client{}, "GET", variable(t, "OPENMDS_URL")+path, "", nil).must(t, path, 200).into(t, &found)
		if found.Issuer == "" || !strings.HasSuffix(found.Token, "/oauth2/token") || !strings.HasSuffix(found.Keys, "/security/1.0/jwks.json") || !contains(found.Grants, "client_credentials") {
			t.Errorf("%s: %+v", path, found)
		}
	}
}

// Keys are replaced, and other people's tokens revoked, by administrators alone.
func TestKeysAndRevocationsAreForAdministrators(t *testing.T) {
	base := variable(t, "OPENMDS_URL") + "/security/1.0/"
	header := map[string]string{"Authorization": "Bearer " + token(t, bob(t)), "Content-Type": "application/json"}
	for _, one := range []struct{ method, path, body string }{
		{"GET", "keys", ""}, {"POST", "keys/rotate", "{}"}, {"GET", "revocations", ""}, {"POST", "revocations", `{"principal":"User:alice"}`},
	} {
		answer := raw(t, &http.Client{}, one.method, base+one.path, one.body, header)
		answer.must(t, one.method+" "+one.path, http.StatusForbidden)
		mentions(t, string(answer.body), "User:bob")
	}
	var keys []map[string]interface{}
	header["Authorization"] = "Bearer " + token(t, super(t))
	raw(t, &http.Client{}, "GET", base+"keys", "", header).must(t, "keys", http.StatusOK).into(t, &keys)
	if len(keys) == 0 {
		t.Error("no key signs")
	}
}
