package clients

import (
	"net/http"
	"testing"

	"github.com/antihax/optional"
	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The audit-log configuration, pushed to real clusters (mds-api.md 6).

const events = "confluent-audit-log-events"

func document(t *testing.T) mds.AuditLogConfigSpec {
	t.Helper()
	spec, response, err := client(t).AuditLogConfigurationApi.GetConfig(as(t, alice(t)))
	must(t, "describe", response, err, http.StatusOK)
	if spec.Metadata == nil || spec.Metadata.ResourceVersion == "" {
		t.Fatal("a document without metadata crashes the CLI")
	}
	return spec
}

// put replaces the document by a changed one, and puts the old content back at the end.
func put(t *testing.T, change func(*mds.AuditLogConfigSpec)) mds.AuditLogConfigSpec {
	t.Helper()
	api, before := client(t).AuditLogConfigurationApi, document(t)
	t.Cleanup(func() {
		before.Metadata = &mds.AuditLogConfigMetadata{ResourceVersion: document(t).Metadata.ResourceVersion}
		_, response, err := api.PutConfig(as(t, alice(t)), before)
		must(t, "put the old document back", response, err, http.StatusOK)
	})
	changed := document(t)
	change(&changed)
	spec, response, err := api.PutConfig(as(t, alice(t)), changed)
	must(t, "update", response, err, http.StatusOK)
	return spec
}

func TestAnUpdateIsAnsweredWithTheDocumentInForce(t *testing.T) {
	old := document(t)
	spec := put(t, func(spec *mds.AuditLogConfigSpec) {
		spec.ExcludedPrincipals = &[]string{"User:" + fresh("excluded-")}
	})
	if spec.Metadata.ResourceVersion == old.Metadata.ResourceVersion || spec.Metadata.UpdatedAt == nil {
		t.Errorf("metadata: %+v", spec.Metadata)
	}
	if again := document(t); again.Metadata.ResourceVersion != spec.Metadata.ResourceVersion || (*again.ExcludedPrincipals)[0] != (*spec.ExcludedPrincipals)[0] {
		t.Errorf("described otherwise: %+v", again)
	}
	// An outdated version: 409, and the body is the document in force, not an error.
	old.ExcludedPrincipals = &[]string{"User:other"}
	_, response, err := client(t).AuditLogConfigurationApi.PutConfig(as(t, alice(t)), old)
	must(t, "update with an old version", response, err, http.StatusConflict)
	failure, ok := err.(mds.GenericOpenAPIError)
	if !ok {
		t.Fatal(err)
	}
	current, ok := failure.Model().(mds.AuditLogConfigSpec)
	if !ok || current.Metadata == nil || current.Metadata.ResourceVersion != spec.Metadata.ResourceVersion {
		t.Errorf("the conflict does not show the document in force: %s", failure.Body())
	}
}

func text(value string) *string { return &value }

func TestRoutesAreListedAndResolved(t *testing.T) {
	home := variable(t, "HOME_CLUSTER_ID")
	pattern := "crn:///kafka=" + home + "/topic=" + fresh("pay-") + "*"
	resource := pattern[:len(pattern)-1] + "eu"
	put(t, func(spec *mds.AuditLogConfigSpec) {
		routes := map[string]mds.AuditLogConfigRouteCategories{pattern: {
			Produce:    &mds.AuditLogConfigRouteCategoryTopics{Allowed: text(""), Denied: text(events)},
			Management: &mds.AuditLogConfigRouteCategoryTopics{Allowed: nil, Denied: text("")},
		}}
		spec.Routes = &routes
		spec.DefaultTopics = mds.AuditLogConfigDefaultTopics{Allowed: events, Denied: events}
	})
	api, x := client(t).AuditLogConfigurationApi, as(t, alice(t))
	found, response, err := api.ResolveResourceRoute(x, &mds.ResolveResourceRouteOpts{Crn: optional.NewString(resource)})
	must(t, "lookup", response, err, http.StatusOK)
	if found.Route != pattern {
		t.Errorf("route %q", found.Route)
	}
	resolved(t, found.Categories, map[string][2]string{
		"authentication": {events, events}, "authorize": {events, events}, "management": {events, ""},
		"produce": {"", events}, "consume": {"", ""}, "interbroker": {"", ""}, "heartbeat": {"", ""}, "describe": {"", ""},
	})
	found, response, err = api.ResolveResourceRoute(x, &mds.ResolveResourceRouteOpts{Crn: optional.NewString("crn:///kafka=" + home + "/topic=" + fresh("none-"))})
	must(t, "lookup of another", response, err, http.StatusOK)
	if found.Route != "default" {
		t.Errorf("route %q", found.Route)
	}
	listed, response, err := api.ListRoutes(x, &mds.ListRoutesOpts{Q: optional.NewString(resource)})
	must(t, "list", response, err, http.StatusOK)
	if listed.Routes == nil || len(*listed.Routes) != 1 || (*listed.Routes)[pattern].Consume != nil || listed.DefaultTopics.Allowed != events {
		t.Errorf("list: %+v", listed)
	}
	// Real clients call both without parameters too.
	_, response, err = api.ListRoutes(x, nil)
	want(t, "list without a query", response, err, http.StatusOK)
	_, response, err = api.ResolveResourceRoute(x, nil)
	want(t, "lookup without a name", response, err, http.StatusOK)
	_, response, err = api.ResolveResourceRoute(x, &mds.ResolveResourceRouteOpts{Crn: optional.NewString("no CRN")})
	want(t, "lookup of no CRN", response, err, http.StatusBadRequest)
}

// Every category is filled in by the server (mds-api.md 6.3).
func resolved(t *testing.T, c mds.AuditLogConfigRouteCategories, wanted map[string][2]string) {
	t.Helper()
	for name, topics := range map[string]*mds.AuditLogConfigRouteCategoryTopics{
		"authentication": c.Authentication, "authorize": c.Authorize, "management": c.Management, "produce": c.Produce,
		"consume": c.Consume, "interbroker": c.Interbroker, "heartbeat": c.Heartbeat, "describe": c.Describe,
	} {
		if topics == nil || topics.Allowed == nil || topics.Denied == nil {
			t.Errorf("%s is not resolved: %+v", name, topics)
			continue
		}
		if found := [2]string{*topics.Allowed, *topics.Denied}; found != wanted[name] {
			t.Errorf("%s leads to %v instead of %v", name, found, wanted[name])
		}
	}
}

// The CLI validates nothing, drops unknown keys, and may send null where there was none (mds-api.md 14.9).
func TestWrongDocumentsAreRefused(t *testing.T) {
	api, x := client(t).AuditLogConfigurationApi, as(t, alice(t))
	before := document(t)
	for what, change := range map[string]func(*mds.AuditLogConfigSpec){
		"no topics": func(s *mds.AuditLogConfigSpec) { s.Destinations.Topics = nil },
		"another topic name": func(s *mds.AuditLogConfigSpec) {
			s.Destinations.Topics["events"] = mds.AuditLogConfigDestinationConfig{RetentionMs: 1}
		},
		"a negative retention": func(s *mds.AuditLogConfigSpec) {
			s.Destinations.Topics[events] = mds.AuditLogConfigDestinationConfig{RetentionMs: -1}
		},
		"an undeclared topic":    func(s *mds.AuditLogConfigSpec) { s.DefaultTopics.Allowed = events + "-none" },
		"a server of none":       func(s *mds.AuditLogConfigSpec) { s.Destinations.BootstrapServers = []string{"no port"} },
		"a principal of none":    func(s *mds.AuditLogConfigSpec) { s.ExcludedPrincipals = &[]string{"alice"} },
		"a route that is no CRN": func(s *mds.AuditLogConfigSpec) { s.Routes = &map[string]mds.AuditLogConfigRouteCategories{"x": {}} },
	} {
		spec := document(t)
		change(&spec)
		_, response, err := api.PutConfig(x, spec)
		want(t, what, response, err, http.StatusBadRequest)
	}
	spec := document(t)
	spec.Metadata = nil
	_, response, err := api.PutConfig(x, spec)
	if response == nil || response.StatusCode != http.StatusBadRequest && response.StatusCode != http.StatusConflict {
		t.Errorf("metadata null: %v %v", response, err)
	}
	if after := document(t); after.Metadata.ResourceVersion != before.Metadata.ResourceVersion {
		t.Error("something was stored")
	}
}

// The refusal carries the commands that help, one a line (mds-api.md 8.3, rulings.md 10).
func TestTheRefusalNamesTheCommandsThatHelp(t *testing.T) {
	api := client(t)
	// The program of that client, which fixes things with its own command.
	api.GetConfig().UserAgent = "Confluent-CLI/v4.73.0 (https://confluent.io; support@confluent.io)"
	_, response, err := api.AuditLogConfigurationApi.GetConfig(as(t, bob(t)))
	must(t, "describe", response, err, http.StatusForbidden)
	mentions(t, message(t, err), "User:bob not permitted to DescribeConfigs on one or more clusters",
		"confluent iam rbac role-binding create --role AuditAdmin --principal User:bob --kafka-cluster "+variable(t, "HOME_CLUSTER_ID"),
		variable(t, "PAYMENTS_CLUSTER_ID"), variable(t, "LOGS_CLUSTER_ID"))
}
