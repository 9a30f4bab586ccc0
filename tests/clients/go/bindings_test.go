package clients

import (
	"net/http"
	"reflect"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// Role bindings: made, merged, replaced, removed, and found by every look-up that should (mds-api.md 4.2 to 4.4).

func TestAClusterRoleIsFoundAndLeavesNoTrace(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	crud, look := api.RBACRoleBindingCRUDApi, api.RBACRoleBindingSummariesApi
	for i := 0; i < 2; i++ { // Twice is once.
		response, err := crud.AddRoleForPrincipal(x, about.principal, "Operator", about.scope())
		must(t, "bind", response, err, http.StatusNoContent)
	}
	names, response, err := look.ScopedPrincipalRolenames(x, about.principal, about.scope())
	must(t, "roleNames", response, err, http.StatusOK)
	if !reflect.DeepEqual(names, []string{"Operator"}) {
		t.Errorf("roleNames: %v", names)
	}
	found, response, err := look.LookupResourcesForPrincipal(x, about.principal, about.scope())
	must(t, "resources", response, err, http.StatusOK)
	if patterns, ok := found[about.principal]["Operator"]; !ok || len(patterns) != 0 {
		t.Errorf("resources: %v", found)
	}
	principals, response, err := look.LookupPrincipalsWithRole(x, "Operator", about.scope())
	must(t, "role", response, err, http.StatusOK)
	if !reflect.DeepEqual(principals, []string{about.principal}) {
		t.Errorf("role: %v", principals)
	}
	mapping, response, err := api.PrivateRBACUIMyRoleBindingsApi.MyRoleBindingsAll(x, about.principal, nil)
	must(t, "all bindings", response, err, http.StatusOK)
	if len(mapping) != 1 || mapping[0].Scope.Clusters.KafkaCluster != about.id {
		t.Errorf("all bindings: %+v", mapping)
	}
	for i := 0; i < 2; i++ { // Removing what is not there is no error.
		response, err = crud.DeleteRoleForPrincipal(x, about.principal, "Operator", about.scope())
		must(t, "unbind", response, err, http.StatusNoContent)
	}
	nothing(t, about)
}

// Never 404: the CLI would fall back to calls of old servers (mds-api.md 4.4).
func nothing(t *testing.T, about subject) {
	t.Helper()
	api, x := client(t), as(t, super(t))
	found, response, err := api.RBACRoleBindingSummariesApi.LookupResourcesForPrincipal(x, about.principal, about.scope())
	must(t, "resources", response, err, http.StatusOK)
	if len(found) != 0 {
		t.Errorf("resources: %v", found)
	}
	for _, role := range []string{"Operator", "DeveloperRead"} {
		principals, response, err := api.RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(x, role, about.scope())
		must(t, "role", response, err, http.StatusOK)
		if principals == nil || len(principals) != 0 {
			t.Errorf("%s: %v", role, principals)
		}
	}
	mapping, response, err := api.PrivateRBACUIMyRoleBindingsApi.MyRoleBindingsAll(x, about.principal, nil)
	must(t, "all bindings", response, err, http.StatusOK)
	if len(mapping) != 0 {
		t.Errorf("all bindings: %+v", mapping)
	}
}

func TestPatternsAreMergedReplacedAndSubtracted(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	crud, look := api.RBACRoleBindingCRUDApi, api.RBACRoleBindingSummariesApi
	request := func(patterns ...mds.ResourcePattern) mds.ResourcesRequest {
		return mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: patterns}
	}
	holds := func(what string, patterns ...mds.ResourcePattern) {
		t.Helper()
		found, response, err := crud.GetRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", about.scope())
		must(t, what, response, err, http.StatusOK)
		if len(found) != len(patterns) {
			t.Fatalf("%s: %v", what, found)
		}
		for _, pattern := range patterns {
			seen := false
			for _, one := range found {
				seen = seen || one == pattern
			}
			if !seen {
				t.Errorf("%s: %v is not in %v", what, pattern, found)
			}
		}
	}
	a, b, c := literal("Topic", "a"), prefixed("Topic", "b-"), literal("Group", "g")
	response, err := crud.AddRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", request(a))
	must(t, "POST", response, err, http.StatusNoContent)
	response, err = crud.AddRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", request(a, b, c))
	must(t, "POST again", response, err, http.StatusNoContent)
	holds("merged", a, b, c)
	who, response, err := look.LookupPrincipalsWithRoleOnResource(x, "DeveloperRead", "Topic", "b-eu", about.scope())
	must(t, "on a resource", response, err, http.StatusOK)
	if !reflect.DeepEqual(who, []string{about.principal}) {
		t.Errorf("a prefix is not honoured: %v", who)
	}
	response, err = crud.RemoveRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", request(a, literal("Topic", "b-")))
	must(t, "DELETE", response, err, http.StatusNoContent)
	holds("subtracted", b, c)
	response, err = crud.SetRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", request(a))
	must(t, "PUT", response, err, http.StatusNoContent)
	holds("replaced", a)
	response, err = crud.DeleteRoleForPrincipal(x, about.principal, "DeveloperRead", about.scope())
	must(t, "DELETE of the role", response, err, http.StatusNoContent)
	holds("gone")
	nothing(t, about)
}

func TestAGroupsBindingIsFoundForItsMembers(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	about.principal = "Group:" + variable(t, "CAROL_GROUP")
	response, err := api.RBACRoleBindingCRUDApi.AddRoleResourcesForPrincipal(x, about.principal, "DeveloperRead", about.resources())
	must(t, "bind", response, err, http.StatusNoContent)
	self := as(t, carol(t)) // Admins, and everybody about himself.
	found, response, err := api.RBACRoleBindingSummariesApi.LookupResourcesForPrincipal(self, "User:carol", about.scope())
	must(t, "resources", response, err, http.StatusOK)
	if len(found[about.principal]["DeveloperRead"]) != 1 {
		t.Errorf("resources: %v", found)
	}
	names, response, err := api.RBACRoleBindingSummariesApi.ScopedPrincipalRolenames(self, "User:carol", about.scope())
	must(t, "roleNames", response, err, http.StatusOK)
	if !contains(names, "DeveloperRead") {
		t.Errorf("roleNames: %v", names)
	}
	decided, response, err := api.AuthorizationApi.Authorize(self, mds.AuthorizeRequest{UserPrincipal: "User:carol", Actions: []mds.Action{
		{Scope: about.clusters(), Operation: "Read", ResourceType: "Topic", ResourceName: "t"}}})
	must(t, "authorize", response, err, http.StatusOK)
	if !reflect.DeepEqual(decided, []string{"ALLOWED"}) {
		t.Errorf("authorize: %v", decided)
	}
	response, err = api.RBACRoleBindingCRUDApi.DeleteRoleForPrincipal(x, about.principal, "DeveloperRead", about.scope())
	must(t, "unbind", response, err, http.StatusNoContent)
	names, response, err = api.RBACRoleBindingSummariesApi.ScopedPrincipalRolenames(self, "User:carol", about.scope())
	must(t, "roleNames", response, err, http.StatusOK)
	if len(names) != 0 {
		t.Errorf("roleNames afterwards: %v", names)
	}
}

// The CLI always sends `clusters`, empty beside a name (mds-api.md 4.2).
func TestScopesByName(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	crud := api.RBACRoleBindingCRUDApi
	named := mds.MdsScope{ClusterName: "payments"}
	response, err := crud.AddRoleForPrincipal(x, about.principal, "Operator", named)
	must(t, "by name", response, err, http.StatusNoContent)
	names, response, err := api.RBACRoleBindingSummariesApi.ScopedPrincipalRolenames(x, about.principal, kafka(variable(t, "PAYMENTS_CLUSTER_ID")))
	must(t, "by id", response, err, http.StatusOK)
	if !contains(names, "Operator") {
		t.Errorf("by id: %v", names)
	}
	response, err = crud.DeleteRoleForPrincipal(x, about.principal, "Operator", named)
	must(t, "unbind by name", response, err, http.StatusNoContent)
	both := kafka("x")
	both.ClusterName = "payments"
	connect := mds.MdsScope{Clusters: mds.ScopeClusters{ConnectCluster: "c"}}
	two := mds.MdsScope{Clusters: mds.ScopeClusters{KafkaCluster: "k", ConnectCluster: "c", KsqlCluster: "q"}}
	for what, scope := range map[string]mds.MdsScope{
		"name and ids": both, "nothing": {}, "an unknown name": {ClusterName: fresh("none-")}, "no Kafka id": connect, "two others": two,
	} {
		response, err = crud.AddRoleForPrincipal(x, about.principal, "Operator", scope)
		want(t, what, response, err, http.StatusBadRequest)
		_, response, err = api.RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(x, "Operator", scope)
		want(t, "look up "+what, response, err, http.StatusBadRequest)
	}
}

func TestWrongBindingsAreRefused(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	crud := api.RBACRoleBindingCRUDApi
	odd := func(kind, name, pattern string) mds.ResourcePattern {
		return mds.ResourcePattern{ResourceType: kind, Name: name, PatternType: pattern}
	}
	for what, pattern := range map[string]mds.ResourcePattern{
		"an unknown type":         literal("Planet", "mars"),
		"an unknown pattern type": odd("Topic", "a", "MATCH"),
		"an empty name":           literal("Topic", ""),
		"a prefix of a cluster":   prefixed("Cluster", "kafka-cluster"),
		"another cluster's name":  literal("Cluster", "other"),
	} {
		response, err := crud.AddRoleResourcesForPrincipal(x, about.principal, "DeveloperWrite",
			mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: []mds.ResourcePattern{pattern}})
		want(t, what, response, err, http.StatusBadRequest)
	}
	for _, principal := range []string{"nobody", "Robot:x", "User:", ":x"} {
		response, err := crud.AddRoleForPrincipal(x, principal, "Operator", about.scope())
		want(t, "principal "+principal, response, err, http.StatusBadRequest)
	}
	response, err := crud.AddRoleForPrincipal(x, about.principal, "DeveloperRead", about.scope())
	want(t, "a resource role without resources", response, err, http.StatusBadRequest)
	response, err = crud.AddRoleResourcesForPrincipal(x, about.principal, "Operator", about.resources())
	want(t, "a cluster role with resources", response, err, http.StatusBadRequest)
	nothing(t, about)
}

// ResourceOwner only inside its own patterns, UserAdmin anywhere, ClusterAdmin nothing (mds-api.md 4.3).
func TestWhoMayGrantWhat(t *testing.T) {
	api, about := client(t), aSubject()
	crud, admin, self := api.RBACRoleBindingCRUDApi, as(t, super(t)), as(t, bob(t))
	give := func(role string, patterns ...mds.ResourcePattern) {
		t.Helper()
		var response *http.Response
		var err error
		if len(patterns) == 0 {
			response, err = crud.AddRoleForPrincipal(admin, "User:bob", role, about.scope())
		} else {
			response, err = crud.AddRoleResourcesForPrincipal(admin, "User:bob", role, mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: patterns})
		}
		must(t, "give bob "+role, response, err, http.StatusNoContent)
	}
	take := func(role string) {
		t.Helper()
		response, err := crud.DeleteRoleForPrincipal(admin, "User:bob", role, about.scope())
		must(t, "take "+role, response, err, http.StatusNoContent)
	}
	grants := func(status int, patterns ...mds.ResourcePattern) {
		t.Helper()
		response, err := crud.AddRoleResourcesForPrincipal(self, about.principal, "DeveloperRead",
			mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: patterns})
		want(t, "grant", response, err, status)
		if status == http.StatusForbidden {
			mentions(t, message(t, err), "User:bob", "AlterAccess", about.id)
		}
	}
	give("ResourceOwner", prefixed("Topic", "team-"))
	grants(http.StatusNoContent, literal("Topic", "team-a"), prefixed("Topic", "team-b-"))
	grants(http.StatusForbidden, literal("Topic", "other"))
	grants(http.StatusForbidden, prefixed("Topic", "tea"))
	grants(http.StatusForbidden, literal("Topic", "team-a"), literal("Topic", "other"))
	grants(http.StatusForbidden, literal("Group", "team-a"))
	take("ResourceOwner")
	give("ClusterAdmin")
	grants(http.StatusForbidden, literal("Topic", "team-a"))
	take("ClusterAdmin")
	give("UserAdmin")
	grants(http.StatusNoContent, literal("Topic", "anything"))
	take("UserAdmin")
	grants(http.StatusForbidden, literal("Topic", "anything"))
}
