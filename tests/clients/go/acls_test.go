package clients

import (
	"net/http"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// Centralised ACLs: kept, found by Kafka's matching rules, removed by filter (mds-api.md 5).

func TestAclsAreFoundByFilter(t *testing.T) {
	api, about, x := client(t).KafkaACLManagementApi, aSubject(), as(t, super(t))
	add := func(kind mds.AclResourceType, name string, pattern mds.PatternType, operation mds.AclOperation, permission mds.AclPermissionType) mds.AclBinding {
		t.Helper()
		request := about.acl()
		request.AclBinding.Pattern = mds.KafkaResourcePattern{ResourceType: kind, Name: name, PatternType: pattern}
		request.AclBinding.Entry.Operation = operation
		request.AclBinding.Entry.PermissionType = permission
		for i := 0; i < 2; i++ { // Twice is once.
			response, err := api.AddAclBinding(x, request)
			must(t, "add", response, err, http.StatusNoContent)
		}
		return request.AclBinding
	}
	exact := add(mds.ACLRESOURCETYPE_TOPIC, "orders-eu", mds.PATTERNTYPE_LITERAL, mds.ACLOPERATION_READ, mds.ACLPERMISSIONTYPE_ALLOW)
	begins := add(mds.ACLRESOURCETYPE_TOPIC, "orders-", mds.PATTERNTYPE_PREFIXED, mds.ACLOPERATION_WRITE, mds.ACLPERMISSIONTYPE_DENY)
	all := add(mds.ACLRESOURCETYPE_TOPIC, "*", mds.PATTERNTYPE_LITERAL, mds.ACLOPERATION_DESCRIBE, mds.ACLPERMISSIONTYPE_ALLOW)
	group := add(mds.ACLRESOURCETYPE_GROUP, "orders-eu", mds.PATTERNTYPE_LITERAL, mds.ACLOPERATION_READ, mds.ACLPERMISSIONTYPE_ALLOW)
	cluster := add(mds.ACLRESOURCETYPE_CLUSTER, "kafka-cluster", mds.PATTERNTYPE_LITERAL, mds.ACLOPERATION_IDEMPOTENT_WRITE, mds.ACLPERMISSIONTYPE_ALLOW)

	filter := func(change func(*mds.AclBindingFilter)) mds.AclFilterRequest {
		request := about.aclFilter()
		change(&request.AclBindingFilter)
		return request
	}
	topic := func(name string, pattern mds.PatternType) func(*mds.AclBindingFilter) {
		return func(f *mds.AclBindingFilter) {
			f.PatternFilter = mds.KafkaResourcePatternFilter{ResourceType: mds.ACLRESOURCETYPE_TOPIC, Name: name, PatternType: pattern}
		}
	}
	for what, one := range map[string]struct {
		change func(*mds.AclBindingFilter)
		found  []mds.AclBinding
	}{
		"anything":            {func(*mds.AclBindingFilter) {}, []mds.AclBinding{exact, begins, all, group, cluster}},
		"literal":             {topic("orders-eu", mds.PATTERNTYPE_LITERAL), []mds.AclBinding{exact}},
		"prefixed":            {topic("orders-", mds.PATTERNTYPE_PREFIXED), []mds.AclBinding{begins}},
		"what applies":        {topic("orders-eu", mds.PATTERNTYPE_MATCH), []mds.AclBinding{exact, begins, all}},
		"any pattern of name": {topic("orders-", mds.PATTERNTYPE_ANY), []mds.AclBinding{begins}},
		"denials":             {func(f *mds.AclBindingFilter) { f.EntryFilter.PermissionType = mds.ACLPERMISSIONTYPE_DENY }, []mds.AclBinding{begins}},
		"reading":             {func(f *mds.AclBindingFilter) { f.EntryFilter.Operation = mds.ACLOPERATION_READ }, []mds.AclBinding{exact, group}},
		"of somebody else":    {func(f *mds.AclBindingFilter) { f.EntryFilter.Principal = "User:other" }, nil},
		"from one host":       {func(f *mds.AclBindingFilter) { f.EntryFilter.Host = "10.0.0.1" }, nil},
	} {
		found, response, err := api.SearchAclBinding(x, filter(one.change))
		must(t, what, response, err, http.StatusOK)
		same(t, what, found, one.found)
	}
	removed, response, err := api.RemoveAclBindings(x, filter(topic("orders-eu", mds.PATTERNTYPE_MATCH)))
	must(t, "remove", response, err, http.StatusOK)
	same(t, "removed", removed, []mds.AclBinding{exact, begins, all})
	removed, response, err = api.RemoveAclBindings(x, about.aclFilter())
	must(t, "remove the rest", response, err, http.StatusOK)
	same(t, "removed", removed, []mds.AclBinding{group, cluster})
	left, response, err := api.SearchAclBinding(x, about.aclFilter())
	must(t, "search", response, err, http.StatusOK)
	if left == nil || len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func same(t *testing.T, what string, found, wanted []mds.AclBinding) {
	t.Helper()
	if len(found) != len(wanted) {
		t.Errorf("%s: %d instead of %d: %+v", what, len(found), len(wanted), found)
		return
	}
	for _, one := range wanted {
		seen := false
		for _, other := range found {
			seen = seen || one == other
		}
		if !seen {
			t.Errorf("%s: %+v is not in %+v", what, one, found)
		}
	}
}

func TestWrongAclsAreRefused(t *testing.T) {
	api, about, x := client(t).KafkaACLManagementApi, aSubject(), as(t, super(t))
	for what, change := range map[string]func(*mds.CreateAclRequest){
		"no cluster":        func(r *mds.CreateAclRequest) { r.Scope.Clusters.KafkaCluster = "" },
		"any type":          func(r *mds.CreateAclRequest) { r.AclBinding.Pattern.ResourceType = mds.ACLRESOURCETYPE_ANY },
		"an unknown type":   func(r *mds.CreateAclRequest) { r.AclBinding.Pattern.ResourceType = "PLANET" },
		"any pattern":       func(r *mds.CreateAclRequest) { r.AclBinding.Pattern.PatternType = mds.PATTERNTYPE_MATCH },
		"no name":           func(r *mds.CreateAclRequest) { r.AclBinding.Pattern.Name = "" },
		"no principal":      func(r *mds.CreateAclRequest) { r.AclBinding.Entry.Principal = "" },
		"any operation":     func(r *mds.CreateAclRequest) { r.AclBinding.Entry.Operation = mds.ACLOPERATION_ANY },
		"any permission":    func(r *mds.CreateAclRequest) { r.AclBinding.Entry.PermissionType = mds.ACLPERMISSIONTYPE_ANY },
		"an odd operation":  func(r *mds.CreateAclRequest) { r.AclBinding.Entry.Operation = "FLY" },
		"an odd permission": func(r *mds.CreateAclRequest) { r.AclBinding.Entry.PermissionType = "MAYBE" },
	} {
		request := about.acl()
		change(&request)
		response, err := api.AddAclBinding(x, request)
		want(t, what, response, err, http.StatusBadRequest)
	}
	filter := about.aclFilter()
	filter.AclBindingFilter.EntryFilter.Operation = "FLY"
	_, response, err := api.SearchAclBinding(x, filter)
	want(t, "an odd filter", response, err, http.StatusBadRequest)
	_, response, err = api.RemoveAclBindings(x, filter)
	want(t, "an odd filter for removal", response, err, http.StatusBadRequest)
}
