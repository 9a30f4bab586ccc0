package clients

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The requests of JulieOps (mds-api.md 13), written anew: principals are not escaped, statuses from 200 to 204 will do.

func TestJulieOpsFromLoginToRemoval(t *testing.T) {
	about := aSubject()
	base := variable(t, "OPENMDS_URL") + "/security/1.0/"
	var login struct {
		Token     string `json:"auth_token"`
		TokenType string `json:"token_type"`
		ExpiresIn int    `json:"expires_in"`
	}
	raw(t, &http.Client{}, "GET", base+"authenticate", "", map[string]string{"Authorization": basicHeader(super(t))}).
		must(t, "authenticate", 200).into(t, &login)
	if login.Token == "" || login.TokenType == "" || time.Duration(login.ExpiresIn)*time.Second < time.Minute {
		t.Fatalf("%+v", login)
	}
	julie := deployment{t, variable(t, "OPENMDS_URL") + "/security/1.0/", &http.Client{}, map[string]string{"Authorization": "Bearer " + login.Token}, ""}
	clusters := object{"clusters": object{"kafka-cluster": about.id}}
	patterns := func(list ...mds.ResourcePattern) object {
		return object{"scope": clusters, "resourcePatterns": list}
	}
	julie.send("roles", "GET", "roleNames", nil, 200)
	julie.send("a cluster role", "POST", "principals/"+about.principal+"/roles/SecurityAdmin", clusters, 204)
	julie.send("a consumer's topic", "POST", "principals/"+about.principal+"/roles/DeveloperRead/bindings", patterns(literal("Topic", "orders")), 204)
	julie.send("its group", "POST", "principals/"+about.principal+"/roles/DeveloperRead/bindings", patterns(prefixed("Group", "orders")), 204)
	var found []string
	julie.send("who", "POST", "lookup/role/DeveloperRead", clusters, 200).into(t, &found)
	if !reflect.DeepEqual(found, []string{about.principal}) {
		t.Errorf("who: %v", found)
	}
	julie.send("which roles", "POST", "lookup/principals/"+about.principal+"/roleNames", clusters, 200).into(t, &found)
	if len(found) != 2 || !contains(found, "DeveloperRead") || !contains(found, "SecurityAdmin") {
		t.Errorf("which roles: %v", found)
	}
	var bound []mds.ResourcePattern
	julie.send("what", "POST", "principals/"+about.principal+"/roles/DeveloperRead/resources", clusters, 200).into(t, &bound)
	if len(bound) != 2 {
		t.Errorf("what: %v", bound)
	}
	for _, one := range bound {
		julie.send("remove", "DELETE", "principals/"+about.principal+"/roles/DeveloperRead/bindings", patterns(one), 204)
	}
	julie.send("what is left", "POST", "lookup/role/DeveloperRead", clusters, 200).into(t, &found)
	if len(found) != 0 {
		t.Errorf("left: %v", found)
	}
	julie.send("the cluster role", "DELETE", "principals/"+about.principal+"/roles/SecurityAdmin", clusters, 204)
}
