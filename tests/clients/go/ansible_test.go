package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	mds "github.com/confluentinc/mds-sdk-go-public/mdsv1"
)

// The requests of cp-ansible, in its order and with its expectations (mds-api.md 13), written anew.

// deployment is one run of the playbooks against a server, with one way to show who is asking.
type deployment struct {
	t      *testing.T
	base   string
	web    *http.Client
	header map[string]string
	suffix string
}

func (d deployment) send(what, method, path string, body interface{}, status int) answer {
	d.t.Helper()
	text := ""
	if body != nil {
		bytes, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		text = string(bytes)
	}
	header := map[string]string{"Content-Type": "application/json"}
	for name, value := range d.header {
		header[name] = value
	}
	return raw(d.t, d.web, method, d.base+path, text, header).must(d.t, what, status)
}

func basicHeader(who user) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(who.name+":"+who.password))
}

type object = map[string]interface{}

// Everything that the playbooks do for a whole platform, each answer exactly as they demand it.
func (d deployment) run() {
	d.t.Helper()
	var clusters struct {
		Data []struct {
			Id string `json:"cluster_id"`
		}
	}
	d.send("cluster id", "GET", "/kafka/v3/clusters", nil, 200).into(d.t, &clusters)
	if len(clusters.Data) == 0 || clusters.Data[0].Id != variable(d.t, "HOME_CLUSTER_ID") {
		d.t.Fatalf("/kafka/v3/clusters: %+v", clusters)
	}
	id := "ansible-" + d.suffix
	scope := object{"kafka-cluster": id}
	with := func(kind, name string) object { return object{"kafka-cluster": id, kind: name} }
	register := func(name string, clusters object, port int, protocol string) {
		d.t.Helper()
		d.send("register "+name, "POST", "/security/1.0/registry/clusters", []object{{
			"clusterName": name, "scope": object{"clusters": clusters}, "hosts": []object{{"host": "127.0.0.1", "port": port}}, "protocol": protocol}}, 204)
	}
	register("Test-Schema-"+d.suffix, with("schema-registry-cluster", "schema-registry"), 8081, "HTTPS")
	register("Test-Connect-"+d.suffix, with("connect-cluster", "connect-cluster"), 8083, "HTTPS")
	register("Test-Ksql-"+d.suffix, with("ksql-cluster", "ksql"), 8088, "HTTPS")
	roles := "/security/1.0/principals/"
	for _, one := range []struct {
		principal, role string
		clusters        object
	}{
		{"User:kafka_broker", "SystemAdmin", scope},
		{"User:schema_registry", "SecurityAdmin", with("schema-registry-cluster", "schema-registry")},
		{"User:schema_registry", "ClusterAdmin", with("schema-registry-cluster", "schema-registry")},
		{"User:kafka_connect", "SecurityAdmin", with("connect-cluster", "connect-cluster")},
		{"User:ksql", "SecurityAdmin", with("ksql-cluster", "ksql")},
		{"User:control_center", "SystemAdmin", scope},
		{"Group:operators", "ClusterAdmin", scope},
	} {
		d.send(one.principal+" "+one.role, "POST", roles+one.principal+"/roles/"+one.role, object{"clusters": one.clusters}, 204)
	}
	bind := func(principal, role string, clusters object, patterns ...mds.ResourcePattern) {
		d.t.Helper()
		d.send(principal+" "+role, "POST", roles+principal+"/roles/"+role+"/bindings",
			object{"scope": object{"clusters": clusters}, "resourcePatterns": patterns}, 204)
	}
	bind("User:schema_registry", "ResourceOwner", scope, literal("Topic", "_schemas"), literal("Group", "schema-registry"))
	bind("User:kafka_connect", "ResourceOwner", scope, literal("Topic", "connect-configs"), literal("Topic", "connect-offsets"), literal("Topic", "connect-status"), literal("Group", "connect-cluster"))
	bind("User:kafka_connect", "DeveloperWrite", scope, prefixed("Topic", "_confluent-monitoring"))
	bind("User:ksql", "DeveloperWrite", scope, literal("Cluster", "kafka-cluster"))
	bind("User:ksql", "DeveloperRead", scope, prefixed("Group", "_confluent-ksql-"), literal("TransactionalId", "ksql"))
	bind("User:ksql", "DeveloperManage", scope, prefixed("Topic", "_confluent-ksql-"))
	bind("User:ksql", "ResourceOwner", with("ksql-cluster", "ksql"), literal("KsqlCluster", "ksql-cluster"))
	bind("User:ksql", "ResourceOwner", with("schema-registry-cluster", "schema-registry"), prefixed("Subject", "ksql-"))
	// By the name of a registered cluster: the audit topics of the destination.
	d.send("by name", "POST", roles+"User:kafka_broker/roles/DeveloperWrite/bindings", object{"scope": object{"clusterName": "logs"},
		"resourcePatterns": []mds.ResourcePattern{prefixed("Topic", events)}}, 204)
}

func (d deployment) clean() {
	for _, name := range []string{"Test-Schema-", "Test-Connect-", "Test-Ksql-", "Test-Broker-"} {
		raw(d.t, d.web, "DELETE", d.base+"/security/1.0/registry/clusters/"+name+d.suffix, "", d.header)
	}
}

// With a password for the token, then Bearer; a second run of the playbooks must find everything in order.
func TestAnsibleWithAPasswordAndTwice(t *testing.T) {
	base := variable(t, "OPENMDS_URL")
	var login struct {
		Token string `json:"auth_token"`
	}
	raw(t, &http.Client{}, "GET", base+"/security/1.0/authenticate", "", map[string]string{"Authorization": basicHeader(super(t))}).
		must(t, "authenticate", 200).into(t, &login)
	bearer := map[string]string{"Authorization": "Bearer " + login.Token}
	raw(t, &http.Client{}, "GET", base+"/security/1.0/authenticate", "", bearer).must(t, "health check", 200)
	run := deployment{t, base, &http.Client{}, bearer, fresh("")}
	defer run.clean()
	run.run()
	run.run()
	run.look()
}

// What its tests ask afterwards.
func (d deployment) look() {
	d.t.Helper()
	d.header = map[string]string{"Authorization": basicHeader(super(d.t))}
	var scopes []object
	d.send("managed clusters", "GET", "/security/1.0/lookup/managed/clusters/principal/User:kafka_connect", nil, 200).into(d.t, &scopes)
	if len(scopes) < 2 {
		d.t.Errorf("managed clusters: %v", scopes)
	}
	// Registered in another order, and read by index.
	d.send("register the broker", "POST", "/security/1.0/registry/clusters", []object{{
		"clusterName": "Test-Broker-" + d.suffix, "scope": object{"clusters": object{"kafka-cluster": "ansible-" + d.suffix}},
		"hosts": []object{{"host": "127.0.0.1", "port": 1}}, "protocol": "SASL_SSL"}}, 204)
	var listed []struct{ ClusterName string }
	d.send("registry", "GET", "/security/1.0/registry/clusters", nil, 200).into(d.t, &listed)
	var order []string
	for _, one := range listed {
		if strings.HasSuffix(one.ClusterName, d.suffix) {
			order = append(order, strings.TrimSuffix(strings.TrimPrefix(one.ClusterName, "Test-"), "-"+d.suffix))
		}
	}
	if strings.Join(order, " ") != "Broker Connect Ksql Schema" {
		d.t.Errorf("registry: %v", order)
	}
}

// Certificates alone: no Authorization header anywhere, TLS verification off as its default is.
func TestAnsibleWithACertificateAlone(t *testing.T) {
	admin := "User:" + variable(t, "OPENMDS_CLIENT_NAME")
	suffix := fresh("")
	crud := client(t).RBACRoleBindingCRUDApi
	scopes := []mds.MdsScope{kafka("ansible-" + suffix), kafka(variable(t, "LOGS_CLUSTER_ID")),
		{Clusters: mds.ScopeClusters{KafkaCluster: "ansible-" + suffix, SchemaRegistryCluster: "schema-registry"}},
		{Clusters: mds.ScopeClusters{KafkaCluster: "ansible-" + suffix, ConnectCluster: "connect-cluster"}},
		{Clusters: mds.ScopeClusters{KafkaCluster: "ansible-" + suffix, KsqlCluster: "ksql"}}}
	for _, scope := range scopes {
		response, err := crud.AddRoleForPrincipal(as(t, super(t)), admin, "SystemAdmin", scope)
		must(t, "make the certificate's user an admin", response, err, 204)
	}
	defer func() {
		for _, scope := range scopes {
			response, err := crud.DeleteRoleForPrincipal(as(t, super(t)), admin, "SystemAdmin", scope)
			want(t, "undo", response, err, 204)
		}
	}()
	web := trusting(t, certificate(t))
	config := web.Transport.(*http.Transport).TLSClientConfig
	config.InsecureSkipVerify = true
	run := deployment{t, variable(t, "OPENMDS_TLS_URL"), web, nil, suffix}
	run.send("health check", "GET", "/security/1.0/authenticate", nil, 200)
	defer run.clean()
	run.run()
	run.run()
}
