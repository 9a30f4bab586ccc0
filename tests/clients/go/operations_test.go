package clients

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/antihax/optional"
	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// Every operation of the SDK: who may not use it, and who may.

// subject is what one call is about: names that nobody else uses.
type subject struct {
	principal string
	id        string
	cluster   string
	version   string
}

func (s subject) scope() mds.MdsScope { return kafka(s.id) }

func (s subject) clusters() mds.Scope {
	return mds.Scope{Clusters: mds.ScopeClusters{KafkaCluster: s.id}}
}

func (s subject) resources() mds.ResourcesRequest {
	return mds.ResourcesRequest{Scope: s.scope(), ResourcePatterns: []mds.ResourcePattern{literal("Topic", "t")}}
}

func (s subject) acl() mds.CreateAclRequest {
	return mds.CreateAclRequest{Scope: mds.KafkaScope{Clusters: mds.KafkaScopeClusters{KafkaCluster: s.id}}, AclBinding: mds.AclBinding{
		Pattern: mds.KafkaResourcePattern{ResourceType: mds.ACLRESOURCETYPE_TOPIC, Name: "t", PatternType: mds.PATTERNTYPE_LITERAL},
		Entry:   mds.AccessControlEntry{Principal: s.principal, Host: "*", Operation: mds.ACLOPERATION_READ, PermissionType: mds.ACLPERMISSIONTYPE_ALLOW},
	}}
}

func (s subject) aclFilter() mds.AclFilterRequest {
	return mds.AclFilterRequest{Scope: s.acl().Scope, AclBindingFilter: mds.AclBindingFilter{
		PatternFilter: mds.KafkaResourcePatternFilter{ResourceType: mds.ACLRESOURCETYPE_ANY, PatternType: mds.PATTERNTYPE_ANY},
		EntryFilter:   mds.AccessControlEntryFilter{Operation: mds.ACLOPERATION_ANY, PermissionType: mds.ACLPERMISSIONTYPE_ANY},
	}}
}

func (s subject) registration() []mds.ClusterInfo {
	return []mds.ClusterInfo{{ClusterName: s.cluster, Protocol: mds.PROTOCOL_HTTPS,
		Scope: mds.Scope{Clusters: mds.ScopeClusters{KafkaCluster: s.id, ConnectCluster: "connect"}},
		Hosts: []mds.HostInfo{{Host: "connect.example.com", Port: 8083}}}}
}

// Who may use an operation, in the words of mds-api.md 10.
type access int

const (
	open     access = iota // without credentials
	anybody                // who is authenticated
	entitled               // who has a right
)

type operation struct {
	service string
	name    string
	access  access
	// The status for somebody who may.
	status int
	call   func(context.Context, *mds.APIClient, subject) (*http.Response, error)
}

func operations() []operation {
	return []operation{
		{"TokensAndAuthenticationApi", "GetToken", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.TokensAndAuthenticationApi.GetToken(x)
			return r, err
		}},
		{"AuthorizationApi", "Authorize", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.AuthorizationApi.Authorize(x, mds.AuthorizeRequest{UserPrincipal: s.principal, Actions: []mds.Action{
				{Scope: s.clusters(), Operation: "Read", ResourceType: "Topic", ResourceName: "t"}}})
			return r, err
		}},
		{"MetadataServiceOperationsApi", "Activenodes", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.MetadataServiceOperationsApi.Activenodes(x, "http")
			return r, err
		}},
		{"MetadataServiceOperationsApi", "MetadataClusterId", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.MetadataServiceOperationsApi.MetadataClusterId(x)
			return r, err
		}},
		{"MetadataServiceOperationsApi", "Features", open, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.MetadataServiceOperationsApi.Features(x)
			return r, err
		}},
		{"RBACRoleDefinitionsApi", "Roles", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleDefinitionsApi.Roles(x)
			return r, err
		}},
		{"RBACRoleDefinitionsApi", "RoleDetail", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleDefinitionsApi.RoleDetail(x, "DeveloperRead")
			return r, err
		}},
		{"RBACRoleDefinitionsApi", "Rolenames", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleDefinitionsApi.Rolenames(x)
			return r, err
		}},
		{"RBACRoleBindingCRUDApi", "AddRoleForPrincipal", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.RBACRoleBindingCRUDApi.AddRoleForPrincipal(x, s.principal, "ClusterAdmin", s.scope())
		}},
		{"RBACRoleBindingCRUDApi", "DeleteRoleForPrincipal", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.RBACRoleBindingCRUDApi.DeleteRoleForPrincipal(x, s.principal, "ClusterAdmin", s.scope())
		}},
		{"RBACRoleBindingCRUDApi", "GetRoleResourcesForPrincipal", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleBindingCRUDApi.GetRoleResourcesForPrincipal(x, s.principal, "DeveloperRead", s.scope())
			return r, err
		}},
		{"RBACRoleBindingCRUDApi", "AddRoleResourcesForPrincipal", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.RBACRoleBindingCRUDApi.AddRoleResourcesForPrincipal(x, s.principal, "DeveloperRead", s.resources())
		}},
		{"RBACRoleBindingCRUDApi", "RemoveRoleResourcesForPrincipal", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.RBACRoleBindingCRUDApi.RemoveRoleResourcesForPrincipal(x, s.principal, "DeveloperRead", s.resources())
		}},
		{"RBACRoleBindingCRUDApi", "SetRoleResourcesForPrincipal", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.RBACRoleBindingCRUDApi.SetRoleResourcesForPrincipal(x, s.principal, "DeveloperRead", s.resources())
		}},
		{"RBACRoleBindingSummariesApi", "ScopedPrincipalRolenames", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleBindingSummariesApi.ScopedPrincipalRolenames(x, s.principal, s.scope())
			return r, err
		}},
		{"RBACRoleBindingSummariesApi", "LookupResourcesForPrincipal", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleBindingSummariesApi.LookupResourcesForPrincipal(x, s.principal, s.scope())
			return r, err
		}},
		{"RBACRoleBindingSummariesApi", "LookupPrincipalsWithRole", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleBindingSummariesApi.LookupPrincipalsWithRole(x, "DeveloperRead", s.scope())
			return r, err
		}},
		{"RBACRoleBindingSummariesApi", "LookupPrincipalsWithRoleOnResource", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.RBACRoleBindingSummariesApi.LookupPrincipalsWithRoleOnResource(x, "DeveloperRead", "Topic", "t", s.scope())
			return r, err
		}},
		{"KafkaACLManagementApi", "AddAclBinding", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.KafkaACLManagementApi.AddAclBinding(x, s.acl())
		}},
		{"KafkaACLManagementApi", "SearchAclBinding", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.KafkaACLManagementApi.SearchAclBinding(x, s.aclFilter())
			return r, err
		}},
		{"KafkaACLManagementApi", "RemoveAclBindings", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.KafkaACLManagementApi.RemoveAclBindings(x, s.aclFilter())
			return r, err
		}},
		{"ClusterRegistryApi", "UpdateClusters", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.ClusterRegistryApi.UpdateClusters(x, s.registration())
		}},
		{"ClusterRegistryApi", "ClusterRegistryList", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.ClusterRegistryApi.ClusterRegistryList(x, nil)
			return r, err
		}},
		{"ClusterRegistryApi", "GetNamedCluster", anybody, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.ClusterRegistryApi.GetNamedCluster(x, "payments")
			return r, err
		}},
		{"ClusterRegistryApi", "DeleteNamedCluster", entitled, 204, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			return c.ClusterRegistryApi.DeleteNamedCluster(x, s.cluster)
		}},
		{"AuditLogConfigurationApi", "GetConfig", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.AuditLogConfigurationApi.GetConfig(x)
			return r, err
		}},
		{"AuditLogConfigurationApi", "PutConfig", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			current, r, err := c.AuditLogConfigurationApi.GetConfig(x)
			if err != nil {
				current = mds.AuditLogConfigSpec{Metadata: &mds.AuditLogConfigMetadata{ResourceVersion: "x"}}
			}
			_, r, err = c.AuditLogConfigurationApi.PutConfig(x, current)
			return r, err
		}},
		{"AuditLogConfigurationApi", "ListRoutes", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.AuditLogConfigurationApi.ListRoutes(x, &mds.ListRoutesOpts{Q: optional.NewString("crn:///kafka=" + s.id)})
			return r, err
		}},
		{"AuditLogConfigurationApi", "ResolveResourceRoute", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.AuditLogConfigurationApi.ResolveResourceRoute(x, &mds.ResolveResourceRouteOpts{Crn: optional.NewString("crn:///kafka=" + s.id + "/topic=t")})
			return r, err
		}},
		{"PrivateRBACUICachedUserStoreInformationApi", "UsersGroupsList", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUICachedUserStoreInformationApi.UsersGroupsList(x, s.clusters(), nil)
			return r, err
		}},
		{"PrivateRBACUIClusterVisibilityApi", "Visibility", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIClusterVisibilityApi.Visibility(x, s.principal, []mds.VisibilityRequest{{KafkaCluster: s.id}})
			return r, err
		}},
		{"PrivateRBACUIClusterVisibilityApi", "ListManagedClusters", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIClusterVisibilityApi.ListManagedClusters(x, s.principal, nil)
			return r, err
		}},
		{"PrivateRBACUICreationGuidelinesApi", "LookupCreateGuidelines", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUICreationGuidelinesApi.LookupCreateGuidelines(x, s.principal, "Topic", "Create", s.clusters())
			return r, err
		}},
		{"PrivateRBACUIManageRoleBindingsApi", "ClusterAccessInfo", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIManageRoleBindingsApi.ClusterAccessInfo(x, s.principal, s.clusters())
			return r, err
		}},
		{"PrivateRBACUIManageRoleBindingsApi", "ManagedRoleBindings", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIManageRoleBindingsApi.ManagedRoleBindings(x, s.principal, s.clusters(), nil)
			return r, err
		}},
		{"PrivateRBACUIMyRoleBindingsApi", "MyRoleBindingsAll", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIMyRoleBindingsApi.MyRoleBindingsAll(x, s.principal, nil)
			return r, err
		}},
		{"PrivateRBACUIMyRoleBindingsApi", "MyRoleBindingsSingleScope", entitled, 200, func(x context.Context, c *mds.APIClient, s subject) (*http.Response, error) {
			_, r, err := c.PrivateRBACUIMyRoleBindingsApi.MyRoleBindingsSingleScope(x, s.principal, s.clusters())
			return r, err
		}},
	}
}

// The device flow is driven where an identity provider is at hand; here it is not configured (sso_test.go).
var elsewhere = []string{
	"SSODeviceAuthorizationApi.CheckDeviceAuth",
	"SSODeviceAuthorizationApi.ExtendDeviceAuth",
	"SSODeviceAuthorizationApi.Security10OidcDeviceAuthenticatePost",
}

func aSubject() subject {
	return subject{principal: "User:" + fresh("nobody-"), id: fresh("made-up-"), cluster: fresh("connect-")}
}

func TestTheTableHoldsEveryOperationOfTheSDK(t *testing.T) {
	known := append([]string{}, elsewhere...)
	for _, one := range operations() {
		known = append(known, one.service+"."+one.name)
	}
	services := reflect.TypeOf(mds.APIClient{})
	count := 0
	for i := 0; i < services.NumField(); i++ {
		field := services.Field(i)
		if field.Type.Kind() != reflect.Interface {
			continue
		}
		for j := 0; j < field.Type.NumMethod(); j++ {
			count++
			if name := field.Name + "." + field.Type.Method(j).Name; !contains(known, name) {
				t.Errorf("%s is not tested", name)
			}
		}
	}
	if count != len(known) {
		t.Errorf("the SDK has %d operations, the tests %d", count, len(known))
	}
}

func TestEveryOperationSucceedsForThoseWhoMay(t *testing.T) {
	api, about := client(t), aSubject()
	for _, one := range operations() {
		t.Run(one.name, func(t *testing.T) {
			who := super(t)
			if one.service == "AuditLogConfigurationApi" {
				who = alice(t)
			}
			response, err := one.call(as(t, who), api, about)
			want(t, one.name, response, err, one.status)
			// Every client may use Basic everywhere instead (mds-api.md 1).
			response, err = one.call(basic(who), api, about)
			want(t, one.name+" with Basic", response, err, one.status)
		})
	}
}

func TestEveryOperationIsRefusedWithoutGoodCredentials(t *testing.T) {
	api, about := client(t), aSubject()
	for name, credentials := range badCredentials(t) {
		for _, one := range operations() {
			if one.access == open {
				continue
			}
			t.Run(name+"/"+one.name, func(t *testing.T) {
				response, err := one.call(credentials, api, about)
				want(t, one.name, response, err, http.StatusUnauthorized)
			})
		}
	}
}

// Few, since attempts are limited: by user and address, so that nobody locks out others.
func TestWrongPasswordsAreRefusedAndLockOutNobodyElse(t *testing.T) {
	api := client(t)
	for i := 0; i < 3; i++ {
		_, response, err := api.TokensAndAuthenticationApi.GetToken(basic(user{fresh("nobody-"), "x"}))
		want(t, "an unknown user", response, err, http.StatusUnauthorized)
	}
	_, response, err := api.RBACRoleDefinitionsApi.Rolenames(basic(user{"carol", "not-the-password"}))
	want(t, "a wrong password", response, err, http.StatusUnauthorized)
	_, response, err = api.RBACRoleDefinitionsApi.Rolenames(basic(user{"carol", ""}))
	want(t, "no password", response, err, http.StatusUnauthorized)
	_, response, err = api.RBACRoleDefinitionsApi.Rolenames(basic(carol(t)))
	want(t, "the right one", response, err, http.StatusOK)
	_, response, err = api.RBACRoleDefinitionsApi.Rolenames(basic(bob(t)))
	want(t, "somebody else", response, err, http.StatusOK)
}

func badCredentials(t *testing.T) map[string]context.Context {
	t.Helper()
	good := token(t, super(t))
	parts := strings.Split(good, ".")
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(payload), super(t).name, "alice", 1)
	return map[string]context.Context{
		"nothing":      context.Background(),
		"no token":     bearer("x"),
		"alg none":     bearer(encode(`{"alg":"none"}`) + "." + parts[1] + "."),
		"tampered":     bearer(parts[0] + "." + encode(other) + "." + parts[2]),
		"half a token": bearer(parts[0] + "." + parts[1] + "."),
	}
}

// registered is a subject whose cluster is there, until the test ends.
func registered(t *testing.T) subject {
	t.Helper()
	api, about := client(t).ClusterRegistryApi, aSubject()
	response, err := api.UpdateClusters(as(t, super(t)), about.registration())
	must(t, "register", response, err, http.StatusNoContent)
	t.Cleanup(func() {
		_, response, err := api.GetNamedCluster(as(t, super(t)), about.cluster)
		want(t, "still registered", response, err, http.StatusOK)
		response, err = api.DeleteNamedCluster(as(t, super(t)), about.cluster)
		want(t, "remove", response, err, http.StatusNoContent)
	})
	return about
}

func TestEveryOperationThatNeedsARightIsRefusedWithoutIt(t *testing.T) {
	api, about := client(t), registered(t)
	for _, one := range operations() {
		t.Run(one.name, func(t *testing.T) {
			response, err := one.call(as(t, bob(t)), api, about)
			if one.access != entitled {
				want(t, one.name, response, err, one.status)
				return
			}
			want(t, one.name, response, err, http.StatusForbidden)
			if said := message(t, err); !strings.Contains(said, "User:bob") {
				t.Errorf("the refusal does not say of whom: %s", said)
			}
		})
	}
}

// Paths that nobody serves, and methods that nobody takes (mds-api.md 8.1).
func TestUnknownPathsAndMethods(t *testing.T) {
	base := variable(t, "OPENMDS_URL")
	auth := map[string]string{"Authorization": "Bearer " + token(t, super(t))}
	for _, one := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/security/1.0/nothing", "", 404},
		{"GET", "/nothing", "", 404},
		{"GET", "/security/2.0/roles", "", 404},
		{"PATCH", "/security/1.0/roles", "", 405},
		{"DELETE", "/security/1.0/authenticate", "", 405},
		{"POST", "/security/1.0/acls:search", "no JSON", 415},
		{"PUT", "/security/1.0/audit/config", "no JSON", 415},
	} {
		what := fmt.Sprintf("%s %s", one.method, one.path)
		header := map[string]string{"Authorization": auth["Authorization"]}
		if one.body != "" {
			header["Content-Type"] = "text/plain"
		}
		raw(t, &http.Client{}, one.method, base+one.path, one.body, header).must(t, what, one.status)
	}
}
