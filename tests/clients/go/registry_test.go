package clients

import (
	"net/http"
	"sort"
	"strings"
	"testing"

	"github.com/antihax/optional"
	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The cluster registry (mds-api.md 3, rbac-registry-tokens.md 2).

func TestAClusterIsRegisteredListedAndRemoved(t *testing.T) {
	api, about, x := client(t).ClusterRegistryApi, aSubject(), as(t, super(t))
	for i := 0; i < 2; i++ { // cp-ansible repeats it on every run.
		response, err := api.UpdateClusters(x, about.registration())
		must(t, "register", response, err, http.StatusNoContent)
	}
	one, response, err := api.GetNamedCluster(x, about.cluster)
	must(t, "get", response, err, http.StatusOK)
	wanted := about.registration()[0]
	if one.ClusterName != wanted.ClusterName || one.Scope != wanted.Scope || one.Protocol != wanted.Protocol || len(one.Hosts) != 1 || one.Hosts[0] != wanted.Hosts[0] {
		t.Errorf("%+v instead of %+v", one, wanted)
	}
	for kind, listed := range map[string]bool{"connect-cluster": true, "kafka-cluster": false, "ksql-cluster": false, "schema-registry-cluster": false} {
		found, response, err := api.ClusterRegistryList(x, &mds.ClusterRegistryListOpts{ClusterType: optional.NewString(kind)})
		must(t, kind, response, err, http.StatusOK)
		if contains(names(found), about.cluster) != listed {
			t.Errorf("%s: %v", kind, names(found))
		}
	}
	all, response, err := api.ClusterRegistryList(x, nil)
	must(t, "list", response, err, http.StatusOK)
	if listed := names(all); !sort.StringsAreSorted(listed) || !contains(listed, about.cluster) || !contains(listed, "home") {
		t.Errorf("not sorted by name, or not all: %v", listed)
	}
	response, err = api.DeleteNamedCluster(x, about.cluster)
	must(t, "remove", response, err, http.StatusNoContent)
	_, response, err = api.GetNamedCluster(x, about.cluster)
	want(t, "get afterwards", response, err, http.StatusNotFound)
}

func names(clusters []mds.ClusterInfo) []string {
	list := []string{}
	for _, one := range clusters {
		list = append(list, one.ClusterName)
	}
	return list
}

// Whoever has no right sees neither hosts nor protocol (mds-api.md 3).
func TestTheUnprivilegedSeeLess(t *testing.T) {
	api := client(t).ClusterRegistryApi
	all, response, err := api.ClusterRegistryList(as(t, bob(t)), nil)
	must(t, "list", response, err, http.StatusOK)
	for _, one := range all {
		if len(one.Hosts) != 0 || one.Protocol != "" {
			t.Errorf("bob sees %+v", one)
		}
	}
	full, response, err := api.ClusterRegistryList(as(t, super(t)), &mds.ClusterRegistryListOpts{ClusterType: optional.NewString("kafka-cluster")})
	must(t, "list", response, err, http.StatusOK)
	for _, one := range full {
		if len(one.Hosts) == 0 || one.Protocol == "" {
			t.Errorf("the super user sees only %+v", one)
		}
	}
}

func TestConflictsInTheRegistry(t *testing.T) {
	api, about, x := client(t).ClusterRegistryApi, aSubject(), as(t, super(t))
	response, err := api.UpdateClusters(x, about.registration())
	must(t, "register", response, err, http.StatusNoContent)
	sameScope := about.registration()
	sameScope[0].ClusterName = fresh("other-")
	response, err = api.UpdateClusters(x, sameScope)
	want(t, "same scope, other name", response, err, http.StatusConflict)
	sameName := about.registration()
	sameName[0].Scope.Clusters.ConnectCluster = "other"
	response, err = api.UpdateClusters(x, sameName)
	want(t, "same name, other scope", response, err, http.StatusConflict)
	moved := about.registration()
	moved[0].Hosts = []mds.HostInfo{{Host: "elsewhere.example.com", Port: 8084}}
	moved[0].Protocol = mds.PROTOCOL_HTTP
	response, err = api.UpdateClusters(x, moved)
	want(t, "same name, same scope", response, err, http.StatusNoContent)
	one, response, err := api.GetNamedCluster(x, about.cluster)
	must(t, "get", response, err, http.StatusOK)
	if one.Protocol != mds.PROTOCOL_HTTP || one.Hosts[0].Port != 8084 {
		t.Errorf("not overwritten: %+v", one)
	}
	response, err = api.DeleteNamedCluster(x, about.cluster)
	must(t, "remove", response, err, http.StatusNoContent)
}

// The CLI checks almost nothing of this (mds-api.md 0.8, 3).
func TestWrongRegistrationsAreRefusedWhole(t *testing.T) {
	api, x := client(t).ClusterRegistryApi, as(t, super(t))
	for what, change := range map[string]func(*mds.ClusterInfo){
		"no name":             func(c *mds.ClusterInfo) { c.ClusterName = "" },
		"a name with a space": func(c *mds.ClusterInfo) { c.ClusterName = "a b" },
		"a name in UTF-8":     func(c *mds.ClusterInfo) { c.ClusterName = "été" },
		"an empty scope":      func(c *mds.ClusterInfo) { c.Scope = mds.Scope{} },
		"no Kafka id":         func(c *mds.ClusterInfo) { c.Scope.Clusters.KafkaCluster = "" },
		"two other ids":       func(c *mds.ClusterInfo) { c.Scope.Clusters.KsqlCluster = "q" },
		"no hosts":            func(c *mds.ClusterInfo) { c.Hosts = nil },
		"a host of none":      func(c *mds.ClusterInfo) { c.Hosts = []mds.HostInfo{{Port: 1}} },
		"a port too far":      func(c *mds.ClusterInfo) { c.Hosts = []mds.HostInfo{{Host: "h", Port: 70000}} },
		"another protocol":    func(c *mds.ClusterInfo) { c.Protocol = "PLAIN" },
	} {
		good, bad := aSubject(), aSubject()
		list := append(good.registration(), bad.registration()...)
		change(&list[1])
		response, err := api.UpdateClusters(x, list)
		want(t, what, response, err, http.StatusBadRequest)
		_, response, err = api.GetNamedCluster(x, good.cluster)
		want(t, what+": the good one of the same request", response, err, http.StatusNotFound)
	}
	_, response, err := api.ClusterRegistryList(x, &mds.ClusterRegistryListOpts{ClusterType: optional.NewString("planet")})
	want(t, "an unknown type", response, err, http.StatusBadRequest)
	response, err = api.DeleteNamedCluster(x, fresh("none-"))
	if response == nil || response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusNoContent {
		t.Errorf("remove what is not there: %v %v", response, err)
	}
}

// An admin of the cluster may register it, others may not (rbac-registry-tokens.md 2.4).
func TestAnAdminOfTheClusterRegistersIt(t *testing.T) {
	api, about := client(t), aSubject()
	scope := mds.MdsScope{Clusters: about.registration()[0].Scope.Clusters}
	response, err := api.ClusterRegistryApi.UpdateClusters(as(t, bob(t)), about.registration())
	must(t, "without a role", response, err, http.StatusForbidden)
	if said := message(t, err); !strings.Contains(said, "User:bob") {
		t.Errorf("the refusal does not say of whom: %s", said)
	}
	response, err = api.RBACRoleBindingCRUDApi.AddRoleForPrincipal(as(t, super(t)), "User:bob", "ClusterAdmin", scope)
	must(t, "bind", response, err, http.StatusNoContent)
	response, err = api.ClusterRegistryApi.UpdateClusters(as(t, bob(t)), about.registration())
	want(t, "with the role", response, err, http.StatusNoContent)
	response, err = api.ClusterRegistryApi.DeleteNamedCluster(as(t, bob(t)), about.cluster)
	want(t, "remove with the role", response, err, http.StatusNoContent)
	response, err = api.RBACRoleBindingCRUDApi.DeleteRoleForPrincipal(as(t, super(t)), "User:bob", "ClusterAdmin", scope)
	must(t, "unbind", response, err, http.StatusNoContent)
}
