package clients

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// What every answer must be, whoever asked for what (mds-api.md 1, 8.1 and 14): an observer between client and server.

var (
	jsonType = regexp.MustCompile(`(?i)^(application|text)/(vnd\.[^;]+\+)?(problem\+)?json(;|$)`)
	// A time that the clients cannot read makes a whole answer unreadable to them.
	rfc3339 = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)
)

type observer struct {
	t    *testing.T
	next http.RoundTripper
}

// watched is the client, with every answer looked at.
func watched(t *testing.T, client *http.Client) *http.Client {
	t.Helper()
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	copied := *client
	copied.Transport = observer{t, next}
	return &copied
}

// RoundTrip reads the answer, checks it and gives it on.
func (o observer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	o.look(request.Method+" "+request.URL.Path, response, body)
	return response, nil
}

func (o observer) look(what string, response *http.Response, body []byte) {
	o.t.Helper()
	what += " " + response.Status
	if response.Header.Get("Content-Encoding") != "" {
		return
	}
	if len(body) == 0 {
		if response.StatusCode >= 400 {
			o.t.Errorf("%s: an error without a body", what)
		}
		return
	}
	if response.StatusCode == http.StatusNoContent {
		o.t.Errorf("%s: a body where there is none", what)
	}
	kind := response.Header.Get("Content-Type")
	if !jsonType.MatchString(kind) && !strings.HasSuffix(what, "/metadataClusterId 200 OK") {
		o.t.Errorf("%s: the clients cannot read Content-Type %q", what, kind)
		return
	}
	var value interface{}
	if json.Unmarshal(body, &value) != nil {
		if jsonType.MatchString(kind) && !strings.HasSuffix(what, "/metadataClusterId 200 OK") {
			o.t.Errorf("%s: no JSON: %s", what, body)
		}
		return
	}
	if response.StatusCode >= 400 && !(response.StatusCode == http.StatusConflict && strings.Contains(what, "/audit/config")) {
		o.failure(what, response.StatusCode, value)
	}
	o.times(what, value)
}

// The CLI reads status_code and error_code into integers that are not negative.
func (o observer) failure(what string, status int, value interface{}) {
	o.t.Helper()
	object, _ := value.(map[string]interface{})
	if text, ok := object["message"].(string); !ok || text == "" {
		// The token endpoint answers in the form of RFC 6749.
		if text, ok := object["error"].(string); !ok || text == "" {
			o.t.Errorf("%s: no message: %v", what, value)
		}
		return
	}
	for _, key := range []string{"status_code", "error_code"} {
		code, present := object[key]
		number, ok := code.(float64)
		if present && (!ok || number < 0 || number > 1<<31-1 || number != float64(int64(number))) {
			o.t.Errorf("%s: %s is %v", what, key, code)
		}
	}
	if code, ok := object["status_code"].(float64); ok && int(code) != status {
		o.t.Errorf("%s: status_code is %v", what, code)
	}
}

func (o observer) times(what string, value interface{}) {
	o.t.Helper()
	switch value := value.(type) {
	case map[string]interface{}:
		for key, inner := range value {
			if text, ok := inner.(string); ok && (key == "updated_at" || key == "modified_since") && !rfc3339.MatchString(text) {
				o.t.Errorf("%s: %s is %q", what, key, text)
			}
			if key == "metadata" && inner == nil {
				o.t.Errorf("%s: metadata is null, which crashes the CLI", what)
			}
			o.times(what, inner)
		}
	case []interface{}:
		for _, inner := range value {
			o.times(what, inner)
		}
	}
}

// answer is what came back for a request that no SDK would send.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// raw sends a request as it stands: the path is not escaped again.
func raw(t *testing.T, client *http.Client, method, url, body string, header map[string]string) answer {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := watched(t, client).Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, text}
}

func (a answer) must(t *testing.T, what string, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: %d instead of %d: %s", what, a.status, status, a.body)
	}
	return a
}

// into decodes the body.
func (a answer) into(t *testing.T, value interface{}) {
	t.Helper()
	if err := json.Unmarshal(a.body, value); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}
