package clients

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TLS and client certificates (mds-api.md 0.7, 1 and 2.1).

func TestTheHttpsListenerServesWhatTheOfficialBinariesOffer(t *testing.T) {
	for what, change := range map[string]func(*tls.Config){
		"TLS 1.2 with AES-GCM on P-256": func(c *tls.Config) {
			c.MaxVersion = tls.VersionTLS12
			c.CurvePreferences = []tls.CurveID{tls.CurveP256}
			c.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		},
		"TLS 1.3": func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 },
	} {
		web := trusting(t)
		change(web.Transport.(*http.Transport).TLSClientConfig)
		_, response, err := sdk(t, variable(t, "OPENMDS_TLS_URL"), web).MetadataServiceOperationsApi.Features(context.Background())
		want(t, what, response, err, http.StatusOK)
	}
	old := trusting(t)
	config := old.Transport.(*http.Transport).TLSClientConfig
	config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if answer, err := old.Get(variable(t, "OPENMDS_TLS_URL") + "/security/1.0/features"); err == nil {
		answer.Body.Close()
		t.Error("TLS 1.1 is served")
	}
}

// `login --certificate-only`; later commands send Bearer alone, on a connection without the certificate.
func TestACertificateBuysATokenThatNeedsNoCertificate(t *testing.T) {
	api := sdk(t, variable(t, "OPENMDS_TLS_URL"), trusting(t, certificate(t)))
	answer, response, err := api.TokensAndAuthenticationApi.GetToken(context.Background())
	must(t, "authenticate", response, err, http.StatusOK)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(answer.AuthToken, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Sub string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Sub != variable(t, "OPENMDS_CLIENT_NAME") {
		t.Errorf("sub is %q", claims.Sub)
	}
	without := sdk(t, variable(t, "OPENMDS_TLS_URL"), trusting(t))
	_, response, err = without.RBACRoleDefinitionsApi.Rolenames(bearer(answer.AuthToken))
	want(t, "Bearer without the certificate", response, err, http.StatusOK)
	_, response, err = without.TokensAndAuthenticationApi.GetToken(context.Background())
	want(t, "neither", response, err, http.StatusUnauthorized)
}

func TestACertificateAloneServesEverywhere(t *testing.T) {
	api, about := sdk(t, variable(t, "OPENMDS_TLS_URL"), trusting(t, certificate(t))), registered(t)
	for _, one := range operations() {
		response, err := one.call(context.Background(), api, about)
		if one.access == entitled {
			want(t, one.name, response, err, http.StatusForbidden)
			mentions(t, message(t, err), "User:"+variable(t, "OPENMDS_CLIENT_NAME"))
		} else {
			want(t, one.name, response, err, one.status)
		}
	}
}

// Credentials in the header say who somebody wants to be, whatever certificate the connection shows.
func TestTheHeaderComesBeforeTheCertificate(t *testing.T) {
	api := sdk(t, variable(t, "OPENMDS_TLS_URL"), trusting(t, certificate(t)))
	response, err := api.RBACRoleBindingCRUDApi.AddRoleForPrincipal(as(t, super(t)), "User:x", "Operator", kafka(fresh("made-up-")))
	want(t, "as the super user", response, err, http.StatusNoContent)
	_, response, err = api.RBACRoleDefinitionsApi.Rolenames(bearer("a.b.c"))
	want(t, "with a broken token", response, err, http.StatusUnauthorized)
}
