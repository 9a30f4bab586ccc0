package clients

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// How requests look on the wire (mds-api.md 0 and 1).

// A login URL that ends in a slash gives //security/1.0/...
func TestDoubleSlashesCollapse(t *testing.T) {
	api := sdk(t, variable(t, "OPENMDS_URL")+"/", &http.Client{})
	_, response, err := api.MetadataServiceOperationsApi.Features(bearer(""))
	want(t, "features", response, err, http.StatusOK)
	_, response, err = api.RBACRoleDefinitionsApi.RoleDetail(as(t, bob(t)), "DeveloperRead")
	want(t, "role", response, err, http.StatusOK)
	raw(t, &http.Client{}, "GET", variable(t, "OPENMDS_URL")+"//security//1.0///roleNames", "",
		map[string]string{"Authorization": "Bearer " + token(t, bob(t))}).must(t, "many slashes", http.StatusOK)
}

// Names travel as one segment of the path, in the escaping of each client, and come back as they were.
func TestOddNamesComeBackAsTheyWere(t *testing.T) {
	api, x := client(t), as(t, super(t))
	for _, name := range []string{
		"bob@Kafka", "CN=k,OU=a b/c", "a:b@c+d&e=f$g", "a,b;c?d*e\"f<g>h i/j%k", "été?x;y", "100%2Fpure", "%", "a/../b", "日本語", "..", "<script>&amp;",
	} {
		about := aSubject()
		about.principal = "User:" + name
		response, err := api.RBACRoleBindingCRUDApi.AddRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", about.resources())
		must(t, "bind "+name, response, err, http.StatusNoContent)
		found, response, err := api.RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(x, "DeveloperRead", about.scope())
		must(t, "look up "+name, response, err, http.StatusOK)
		if !reflect.DeepEqual(found, []string{about.principal}) {
			t.Errorf("%q came back as %q", about.principal, found)
		}
		mapping, response, err := api.RBACRoleBindingSummariesApi.LookupResourcesForPrincipal(x, about.principal, about.scope())
		must(t, "resources of "+name, response, err, http.StatusOK)
		if len(mapping[about.principal]) != 1 {
			t.Errorf("%q: %v", about.principal, mapping)
		}
		response, err = api.RBACRoleBindingCRUDApi.DeleteRoleForPrincipal(x, about.principal, "DeveloperRead", about.scope())
		must(t, "unbind "+name, response, err, http.StatusNoContent)
	}
}

// The same principal as different clients write it: raw, and fully escaped (cp-demo).
func TestEveryEscapingOfAPrincipalIsTheSame(t *testing.T) {
	about := aSubject()
	base := variable(t, "OPENMDS_URL") + "/security/1.0/principals/"
	header := map[string]string{"Authorization": "Bearer " + token(t, super(t)), "Content-Type": "application/json"}
	name := strings.TrimPrefix(about.principal, "User:")
	scope, err := json.Marshal(about.scope())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"User:" + name, "User%3A" + name, "%55ser%3a" + name} {
		raw(t, &http.Client{}, "POST", base+path+"/roles/Operator", string(scope), header).must(t, path, http.StatusNoContent)
	}
	found, response, err := client(t).RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(as(t, super(t)), "Operator", about.scope())
	must(t, "look up", response, err, http.StatusOK)
	if !reflect.DeepEqual(found, []string{about.principal}) {
		t.Errorf("%v", found)
	}
	// A raw plus is a plus.
	raw(t, &http.Client{}, "POST", base+"User:"+name+"+x/roles/Operator", string(scope), header).must(t, "plus", http.StatusNoContent)
	found, _, _ = client(t).RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(as(t, super(t)), "Operator", about.scope())
	if !contains(found, about.principal+"+x") {
		t.Errorf("%v", found)
	}
	// A slash that is not escaped makes another path.
	raw(t, &http.Client{}, "POST", base+"User:"+name+"/x/roles/Operator", string(scope), header).must(t, "slash", http.StatusNotFound)
}

func TestGzipIsAnsweredToThoseWhoTakeIt(t *testing.T) {
	url := variable(t, "OPENMDS_URL") + "/security/1.0/roles"
	header := map[string]string{"Authorization": "Bearer " + token(t, bob(t)), "Accept-Encoding": "identity"}
	plain := raw(t, &http.Client{}, "GET", url, "", header).must(t, "plain", http.StatusOK)
	if encoding := plain.header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		t.Errorf("unasked: %s", encoding)
	}
	header["Accept-Encoding"] = "gzip"
	packed := raw(t, &http.Client{}, "GET", url, "", header).must(t, "gzip", http.StatusOK)
	if packed.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v", packed.header)
	}
	if !strings.Contains(strings.ToLower(packed.header.Get("Vary")), "accept-encoding") {
		t.Errorf("Vary is %q", packed.header.Get("Vary"))
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(text, plain.body) {
		t.Errorf("compressed otherwise: %v", err)
	}
}

// Headers that clients leave out, and those they send.
func TestHeadersMayBeAbsent(t *testing.T) {
	base, bearer := variable(t, "OPENMDS_URL"), "Bearer "+token(t, bob(t))
	for what, header := range map[string]map[string]string{
		"nothing":         {"Authorization": bearer, "Accept": "", "User-Agent": ""},
		"anything":        {"Authorization": bearer, "Accept": "*/*"},
		"lower case":      {"authorization": strings.Replace(bearer, "Bearer", "bearer", 1)},
		"of the CLI":      {"Authorization": bearer, "Accept": "application/json", "User-Agent": "Confluent-CLI/v4.73.0 (https://confluent.io; support@confluent.io)"},
		"a Content-Type":  {"Authorization": bearer, "Content-Type": "application/json"},
		"with a charset":  {"Authorization": bearer, "Content-Type": "application/json; charset=utf-8"},
		"several of them": {"Authorization": bearer, "Accept": "application/json, text/plain;q=0.5"},
	} {
		raw(t, &http.Client{}, "GET", base+"/security/1.0/roleNames", "", header).must(t, what, http.StatusOK)
	}
}

// Bodies as Go writes them (\u003c for <, a newline at the end), with keys that nobody knows, and bodies that are none.
func TestBodies(t *testing.T) {
	about := aSubject()
	path := variable(t, "OPENMDS_URL") + "/security/1.0/principals/" + about.principal + "/roles/"
	header := map[string]string{"Authorization": "Bearer " + token(t, super(t)), "Content-Type": "application/json"}
	send := func(what, method, path, body string, status int) {
		t.Helper()
		raw(t, &http.Client{}, method, path, body, header).must(t, what, status)
	}
	scope := `{"clusters":{"kafka-cluster":"` + about.id + `"}}`
	send("unknown keys", "POST", path+"Operator", `{"new":[1],"clusters":{"kafka-cluster":"`+about.id+`"}}`+"\n", 204)
	send("escapes", "POST", path+"DeveloperRead/bindings",
		`{"scope":`+scope+`,"resourcePatterns":[{"resourceType":"Subject","name":"\u003ca\u0026b\u003e","patternType":"LITERAL"}]}`, 204)
	found, response, err := client(t).RBACRoleBindingCRUDApi.GetRoleResourcesForPrincipal(as(t, super(t)), about.principal, "DeveloperRead", about.scope())
	must(t, "look up", response, err, http.StatusOK)
	if len(found) != 1 || found[0] != literal("Subject", "<a&b>") {
		t.Errorf("%v", found)
	}
	send("a body with DELETE", "DELETE", path+"DeveloperRead/bindings",
		`{"scope":`+scope+`,"resourcePatterns":[{"resourceType":"Subject","name":"<a&b>","patternType":"LITERAL"}]}`, 204)
	send("null for a map", "POST", path+"Operator", `{"clusterName":"payments","clusters":null}`, 204)
	send("undone", "DELETE", path+"Operator", `{"clusterName":"payments"}`, 204)
	for what, body := range map[string]string{
		"nothing": "", "no JSON": "{", "an array": "[]", "a wrong type": `{"clusters":7}`, "text after it": scope + "x", "bytes": "\xff\xfe",
	} {
		send(what, "POST", path+"Operator", body, 400)
	}
	header["Content-Type"] = "text/plain"
	send("not JSON", "POST", path+"Operator", scope, 415)
	// Device authentication has neither body nor Content-Type: whatever the answer, it is not about those.
	answer := raw(t, &http.Client{}, "POST", variable(t, "OPENMDS_URL")+"/security/1.0/oidc/device/authenticate", "", nil)
	if answer.status == http.StatusUnsupportedMediaType {
		t.Errorf("device/authenticate: %d", answer.status)
	}
}

// CRNs in queries, escaped as Go does it.
func TestQueries(t *testing.T) {
	header := map[string]string{"Authorization": "Bearer " + token(t, alice(t))}
	base := variable(t, "OPENMDS_URL") + "/security/1.0/audit/"
	for _, one := range []string{"crn%3A%2F%2F%2Fkafka%3Dx%2Ftopic%3Dy", "crn:///kafka=x/topic=y"} {
		var found mds.AuditLogConfigResolveResourceRouteResponse
		raw(t, &http.Client{}, "GET", base+"lookup?crn="+one, "", header).must(t, one, http.StatusOK).into(t, &found)
		if found.Route == "" {
			t.Errorf("%s: no route", one)
		}
	}
	// A star at the end of a name stands for all names that begin alike; within a name it is escaped in the CRN.
	raw(t, &http.Client{}, "GET", base+"routes?q=crn%3A%2F%2F%2Fkafka%3Dx%2Ftopic%3Dy%2A", "", header).must(t, "a wildcard", http.StatusOK)
	raw(t, &http.Client{}, "GET", base+"routes?q=crn%3A%2F%2F%2Fkafka%3Dx%2Ftopic%3Dy%252A", "", header).must(t, "a star", http.StatusOK)
}
