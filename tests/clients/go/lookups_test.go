package clients

import (
	"net/http"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The look-ups of user interfaces (mds-api.md 10).

func TestLookupsForUserInterfaces(t *testing.T) {
	api, about, x := client(t), aSubject(), as(t, super(t))
	response, err := api.RBACRoleBindingCRUDApi.AddRoleResourcesForPrincipal(x, about.principal, "ResourceOwner",
		mds.ResourcesRequest{Scope: about.scope(), ResourcePatterns: []mds.ResourcePattern{prefixed("Topic", "mine-")}})
	must(t, "bind", response, err, http.StatusNoContent)
	visible, response, err := api.PrivateRBACUIClusterVisibilityApi.Visibility(x, about.principal, []mds.VisibilityRequest{
		{KafkaCluster: about.id, ConnectClusters: []string{"c"}}})
	must(t, "visibility", response, err, http.StatusOK)
	if visible.KafkaCluster.Id != about.id || !visible.KafkaCluster.Visible || len(visible.ConnectClusters) != 1 || visible.ConnectClusters[0].Visible {
		t.Errorf("visibility: %+v", visible)
	}
	managed, response, err := api.PrivateRBACUIClusterVisibilityApi.ListManagedClusters(x, about.principal, nil)
	must(t, "managed clusters", response, err, http.StatusOK)
	if len(managed) != 1 || managed[0].Clusters.KafkaCluster != about.id {
		t.Errorf("managed clusters: %+v", managed)
	}
	guide, response, err := api.PrivateRBACUICreationGuidelinesApi.LookupCreateGuidelines(x, about.principal, "Topic", "Create", about.clusters())
	must(t, "create guidelines", response, err, http.StatusOK)
	if guide["result"] != "SOME" || guide["resourcePatterns"] == nil {
		t.Errorf("create guidelines: %v", guide)
	}
	single, response, err := api.PrivateRBACUIMyRoleBindingsApi.MyRoleBindingsSingleScope(x, about.principal, about.clusters())
	must(t, "one scope", response, err, http.StatusOK)
	if len(single.Rolebindings[about.principal]["ResourceOwner"]) != 1 {
		t.Errorf("one scope: %+v", single)
	}
	access, response, err := api.PrivateRBACUIManageRoleBindingsApi.ClusterAccessInfo(x, about.principal, about.clusters())
	must(t, "cluster access", response, err, http.StatusOK)
	if len(access.Resources["Topic"]) == 0 {
		t.Errorf("cluster access: %+v", access)
	}
	bindings, response, err := api.PrivateRBACUIManageRoleBindingsApi.ManagedRoleBindings(x, about.principal, about.clusters(), nil)
	must(t, "managed bindings", response, err, http.StatusOK)
	if len(bindings.ResourceRoleBindings) == 0 {
		t.Errorf("managed bindings: %+v", bindings)
	}
	_, response, err = api.PrivateRBACUICreationGuidelinesApi.LookupCreateGuidelines(x, about.principal, "Topic", "Fly", about.clusters())
	if response == nil || response.StatusCode != http.StatusBadRequest && response.StatusCode != http.StatusNotFound {
		t.Errorf("an operation that is none: %v %v", response, err)
	}
}

func TestTheUserStoreIsListedForThoseWhoBindRoles(t *testing.T) {
	api, about := client(t), aSubject()
	response, err := api.RBACRoleBindingCRUDApi.AddRoleForPrincipal(as(t, super(t)), "User:alice", "UserAdmin", about.scope())
	must(t, "bind", response, err, http.StatusNoContent)
	list := api.PrivateRBACUICachedUserStoreInformationApi
	found, response, err := list.UsersGroupsList(as(t, alice(t)), about.clusters(), nil)
	must(t, "principals", response, err, http.StatusOK)
	for _, principal := range []string{"User:bob", "User:carol", "Group:" + variable(t, "CAROL_GROUP")} {
		if !contains(found, principal) {
			t.Errorf("%v lacks %s", found, principal)
		}
	}
	response, err = api.RBACRoleBindingCRUDApi.DeleteRoleForPrincipal(as(t, super(t)), "User:alice", "UserAdmin", about.scope())
	must(t, "unbind", response, err, http.StatusNoContent)
}
