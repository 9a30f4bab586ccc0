package clients

import (
	"net/http"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The predefined roles (mds-api.md 4.1, rbac-registry-tokens.md 1.4).

var roles = map[string]string{
	"SystemAdmin": "Cluster", "UserAdmin": "Cluster", "ClusterAdmin": "Cluster", "Operator": "Cluster", "SecurityAdmin": "Cluster", "AuditAdmin": "Cluster",
	"ResourceOwner": "Resource", "DeveloperRead": "Resource", "DeveloperWrite": "Resource", "DeveloperManage": "Resource",
}

func TestTheTenRolesAreThere(t *testing.T) {
	api := client(t).RBACRoleDefinitionsApi
	all, response, err := api.Roles(as(t, bob(t)))
	must(t, "roles", response, err, http.StatusOK)
	names, response, err := api.Rolenames(as(t, bob(t)))
	must(t, "roleNames", response, err, http.StatusOK)
	if len(all) != len(roles) || len(names) != len(roles) {
		t.Errorf("%d roles, %d names", len(all), len(names))
	}
	for _, role := range all {
		if roles[role.Name] != role.AccessPolicy.ScopeType {
			t.Errorf("%s has scope type %q", role.Name, role.AccessPolicy.ScopeType)
		}
		if !contains(names, role.Name) {
			t.Errorf("%s is not among the names", role.Name)
		}
		one, response, err := api.RoleDetail(as(t, bob(t)), role.Name)
		want(t, role.Name, response, err, http.StatusOK)
		if one.Name != role.Name || len(one.AccessPolicy.AllowedOperations) != len(role.AccessPolicy.AllowedOperations) {
			t.Errorf("%s alone is another one: %+v", role.Name, one)
		}
	}
}

// The CLI refuses --resource T:N unless T is among the role's types: every bindable type must be listed.
func TestResourceRolesListEveryTypeThatCanBeBound(t *testing.T) {
	for _, name := range []string{"ResourceOwner", "DeveloperRead", "DeveloperWrite", "DeveloperManage"} {
		role, response, err := client(t).RBACRoleDefinitionsApi.RoleDetail(as(t, bob(t)), name)
		must(t, name, response, err, http.StatusOK)
		var types []string
		for _, allowed := range role.AccessPolicy.AllowedOperations {
			types = append(types, allowed.ResourceType)
		}
		for _, kind := range []string{"Topic", "Group", "TransactionalId", "Cluster", "Subject", "Connector"} {
			if !contains(types, kind) {
				t.Errorf("%s does not list %s", name, kind)
			}
		}
	}
}

// A role that does not exist: 404 with JSON, not the empty 204 of the original (rulings.md 13).
func TestAnUnknownRole(t *testing.T) {
	api := client(t)
	_, response, err := api.RBACRoleDefinitionsApi.RoleDetail(as(t, bob(t)), "NoSuchRole")
	must(t, "describe", response, err, http.StatusNotFound)
	mentions(t, message(t, err), "NoSuchRole")
	response, err = api.RBACRoleBindingCRUDApi.AddRoleForPrincipal(as(t, super(t)), "User:x", "NoSuchRole", kafka("k"))
	if response == nil || response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusBadRequest {
		t.Errorf("bind: %v %v", response, err)
	}
	mentions(t, message(t, err), "NoSuchRole")
}

func TestServiceOperations(t *testing.T) {
	api := client(t).MetadataServiceOperationsApi
	id, response, err := api.MetadataClusterId(as(t, bob(t)))
	must(t, "metadataClusterId", response, err, http.StatusOK)
	if id != variable(t, "HOME_CLUSTER_ID") {
		t.Errorf("metadataClusterId is %q", id)
	}
	for protocol, base := range map[string]string{"http": variable(t, "OPENMDS_URL"), "https": variable(t, "OPENMDS_TLS_URL")} {
		nodes, response, err := api.Activenodes(as(t, bob(t)), protocol)
		must(t, "activenodes", response, err, http.StatusOK)
		if !contains(nodes, base) {
			t.Errorf("%s: %v does not hold %s", protocol, nodes, base)
		}
	}
	_, response, err = api.Activenodes(as(t, bob(t)), "gopher")
	if response == nil || response.StatusCode != http.StatusNotFound && response.StatusCode != http.StatusBadRequest {
		t.Errorf("activenodes/gopher: %v %v", response, err)
	}
}

// `cluster describe` asks without logging in, and crashes on a scope that is null (mds-api.md 0.1, 0.11).
func TestMetadataId(t *testing.T) {
	var found struct {
		Id    *string
		Scope *struct {
			Path     []string
			Clusters map[string]string
		}
	}
	raw(t, &http.Client{}, "GET", variable(t, "OPENMDS_URL")+"/v1/metadata/id", "", nil).must(t, "metadata/id", http.StatusOK).into(t, &found)
	if found.Id == nil || found.Scope == nil || found.Scope.Clusters["kafka-cluster"] != variable(t, "HOME_CLUSTER_ID") {
		t.Errorf("%+v", found)
	}
}

func TestAuthorizeDecidesEachActionInOrder(t *testing.T) {
	api, about := client(t), aSubject()
	response, err := api.RBACRoleBindingCRUDApi.AddRoleResourcesForPrincipal(as(t, super(t)), about.principal, "DeveloperRead",
		mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: []mds.ResourcePattern{prefixed("Topic", "orders-")}})
	must(t, "bind", response, err, http.StatusNoContent)
	action := func(operation, name string) mds.Action {
		return mds.Action{Scope: about.clusters(), Operation: operation, ResourceType: "Topic", ResourceName: name}
	}
	request := mds.AuthorizeRequest{UserPrincipal: about.principal, Actions: []mds.Action{
		action("Read", "orders-eu"), action("Write", "orders-eu"), action("Describe", "orders-"), action("Read", "payments")}}
	decided, response, err := api.AuthorizationApi.Authorize(as(t, super(t)), request)
	must(t, "authorize", response, err, http.StatusOK)
	expected := []string{"ALLOWED", "DENIED", "ALLOWED", "DENIED"}
	for index := range expected {
		if len(decided) != len(expected) || decided[index] != expected[index] {
			t.Fatalf("%v instead of %v", decided, expected)
		}
	}
	for what, wrong := range map[string]mds.AuthorizeRequest{
		"a group":         {UserPrincipal: "Group:g", Actions: request.Actions},
		"no principal":    {Actions: request.Actions},
		"no such type":    {UserPrincipal: about.principal, Actions: []mds.Action{{Scope: about.clusters(), Operation: "Read", ResourceType: "", ResourceName: "x"}}},
		"a scope of none": {UserPrincipal: about.principal, Actions: []mds.Action{{Operation: "Read", ResourceType: "Topic", ResourceName: "x"}}},
	} {
		_, response, err = api.AuthorizationApi.Authorize(as(t, super(t)), wrong)
		want(t, what, response, err, http.StatusBadRequest)
	}
	// Everybody may ask about himself.
	request.UserPrincipal = "User:bob"
	_, response, err = api.AuthorizationApi.Authorize(as(t, bob(t)), request)
	want(t, "about himself", response, err, http.StatusOK)
}
