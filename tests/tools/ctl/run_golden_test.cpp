// What operators see, word for word: the tool, the desk and a catalog together.
#include <doctest/doctest.h>

#include "tests/tools/ctl/desk_door.hpp"

namespace warren::ctl::testing {
namespace {

void check(DeskNode& node, std::string_view line, int code, std::string_view out, std::string_view err = {}) {
  const Printed printed = node.run(line);
  CAPTURE(line);
  CHECK(printed.code == code);
  CHECK(printed.out == out);
  CHECK(printed.err == err);
}

}  // namespace

TEST_CASE("the life of a user") {
  DeskNode node;
  check(
      node, "add_user bob pw", 0,
      "Adding user \"bob\" ...\nDone. Don't forget to grant the user permissions to some virtual hosts! See 'warrenctl "
      "help set_permissions' to learn more.\n");
  check(node, "add_user bob pw", 70, "Adding user \"bob\" ...\n", "Error:\nUser \"bob\" already exists\n");
  check(node, "set_user_tags bob monitoring x", 0, "Setting tags for user \"bob\" to [monitoring, x] ...\n");
  check(node, "list_users", 0, "Listing users ...\nuser\ttags\nbob\t[monitoring, x]\nguest\t[administrator]\n");
  check(node, "authenticate_user bob pw", 0, "Authenticating user \"bob\" ...\nSuccess\n");
  check(node, "change_password bob new", 0, "Changing password for user \"bob\" ...\n");
  check(node, "authenticate_user bob pw", 65, "Authenticating user \"bob\" ...\n",
        "Error: failed to authenticate user \"bob\"\nuser 'bob' - invalid credentials\n");
  check(node, "clear_password bob", 0, "Clearing password for user \"bob\" ...\n");
  check(node, "authenticate_user bob new -q", 65, "",
        "Error: failed to authenticate user \"bob\"\nuser 'bob' - invalid credentials\n");
  check(node, "delete_user bob", 0, "Deleting user \"bob\" ...\n");
  check(node, "delete_user bob", 67, "Deleting user \"bob\" ...\n", "Error:\nUser \"bob\" does not exist\n");
  CHECK(node.run("add_user carol", "typed").code == 0);
  CHECK(node.run("authenticate_user carol", "typed").code == 0);
}

TEST_CASE("vhosts and permissions") {
  DeskNode node;
  check(node, "add_vhost v", 0, "Adding vhost \"v\" ...\n");
  check(node, "add_vhost v", 0, "Adding vhost \"v\" ...\n");
  check(node, "list_vhosts", 0, "Listing vhosts ...\nname\n/\nv\n");
  check(node, "list_vhosts name tracing -s", 0, "/\tfalse\nv\tfalse\n");
  check(node, "set_permissions -p v guest a.* b c", 0, "Setting permissions for user \"guest\" in vhost \"v\" ...\n");
  check(node, "list_permissions -p v", 0,
        "Listing permissions for vhost \"v\" ...\nuser\tconfigure\twrite\tread\nguest\ta.*\tb\tc\n");
  check(node, "list_user_permissions guest --formatter csv", 0,
        "Listing permissions for user \"guest\" ...\n\"vhost\",\"configure\",\"write\",\"read\"\n"
        "\"/\",\".*\",\".*\",\".*\"\n\"v\",\"a.*\",\"b\",\"c\"\n");
  check(node, "clear_permissions -p v guest", 0, "Clearing permissions for user \"guest\" in vhost \"v\" ...\n");
  check(node, "list_permissions -p v", 0, "Listing permissions for vhost \"v\" ...\n");
  check(node, "set_permissions -p w guest a b c", 65, "Setting permissions for user \"guest\" in vhost \"w\" ...\n",
        "Error:\nVirtual host 'w' does not exist\n");
  check(node, "delete_vhost v", 0, "Deleting vhost \"v\" ...\n");
  check(node, "delete_vhost v", 65, "Deleting vhost \"v\" ...\n", "Error:\nVirtual host 'v' does not exist\n");
}

TEST_CASE("topic permissions and limits of vhosts") {
  DeskNode node;
  check(node, "set_topic_permissions guest amq.topic ^a ^b", 0,
        "Setting topic permissions on \"amq.topic\" for user \"guest\" in vhost \"/\" ...\n");
  check(node, "set_topic_permissions guest amq.topic ( b -q", 65, "",
        "Error:\n{:invalid_regexp, '(', 'missing closing parenthesis'}\n");
  check(node, "list_topic_permissions", 0,
        "Listing topic permissions for vhost \"/\" ...\nuser\texchange\twrite\tread\nguest\tamq.topic\t^a\t^b\n");
  check(node, "list_user_topic_permissions guest -s", 0, "/\tamq.topic\t^a\t^b\n");
  check(node, "clear_topic_permissions guest amq.topic", 0,
        "Clearing topic permissions for user \"guest\" in vhost \"/\" ...\n");
  check(node, "list_topic_permissions -q", 0, "");
  check(node, "set_vhost_limits {\"max-queues\":5}", 0,
        "Setting vhost limits to \"{\"max-queues\":5}\" for vhost \"/\" ...\n");
  check(node, "list_vhost_limits -q", 0, "{\"max-queues\":5}\n");
  check(node, "list_vhost_limits --global -q", 0, "vhost\tlimits\n/\t{\"max-queues\":5}\n");
  check(node, "clear_vhost_limits -q", 0, "");
  check(node, "list_vhost_limits --global -q", 0, "");
}

TEST_CASE("listings") {
  DeskNode node;
  node.rig.declare_on(NodeId(1), "orders");
  node.rig.declare_on(NodeId(2), "away");
  node.rig.open();
  node.rig.send("basic.consume queue='orders' consumer-tag='c'");
  check(node, "list_queues", 0,
        "Timeout: 60.0 seconds ...\nListing queues for vhost / ...\nname\tmessages\naway\t\norders\t4\n");
  check(node, "list_queues -q --online name messages_ready state", 0,
        "name\tmessages_ready\tstate\norders\t3\trunning\n");
  check(node, "list_queues -q --offline name state", 0, "name\tstate\naway\tdown\n");
  check(node, "list_queues -p nowhere -q", 0, "");
  check(node, "list_queues --formatter json", 0,
        "[\n{\"name\":\"away\",\"messages\":null}\n,{\"name\":\"orders\",\"messages\":4}\n]\n");
  check(node, "list_connections", 0,
        "Listing connections ...\nuser\tpeer_host\tpeer_port\tstate\nguest\t127.0.0.1\t41234\trunning\n");
  check(node, "list_channels", 0,
        "Listing channels ...\npid\tuser\tconsumer_count\tmessages_unacknowledged\n<a@h.1.1.0>\tguest\t1\t0\n");
  check(
      node, "list_consumers", 0,
      "Listing consumers in vhost / ...\nqueue_name\tchannel_pid\tconsumer_tag\tack_required\tprefetch_count\tactive\t"
      "arguments\norders\t<a@h.1.1.0>\tc\ttrue\t0\ttrue\t[]\n");
  check(node, "list_bindings -q", 0,
        "source_name\tsource_kind\tdestination_name\tdestination_kind\trouting_key\targuments\n"
        "\texchange\taway\tqueue\taway\t[]\n\texchange\torders\tqueue\torders\t[]\n");
  CHECK(node.run("list_exchanges")
            .out.starts_with("Listing exchanges for vhost / ...\nname\ttype\n\tdirect\namq.direct\tdirect\n"));
}

TEST_CASE("membership and its refusals") {
  DeskNode node;
  check(node, "forget_cluster_node x@h", 69, "Removing node x@h from the cluster\n",
        "Error:\n{:not_a_cluster_node, 'The node selected is not in the cluster.'}\n");
  check(node, "forget_cluster_node a@h", 69, "Removing node a@h from the cluster\n",
        "Error:\nRabbitMQ on node a@h must be stopped with 'warrenctl -n a@h stop_app' before it can be removed\n");
  check(node, "forget_cluster_node b@h", 0, "Removing node b@h from the cluster\n");
  check(node, "join_cluster a@h", 70, "Clustering node a@h with a@h\n",
        "Error: cannot cluster node with itself: a@h\n");
  check(node, "join_cluster b@h", 0, "Clustering node a@h with b@h\n");
  check(node, "reset", 64, "Resetting node a@h ...\n",
        "Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'warrenctl "
        "stop_app'.\n");
  check(node, "set_cluster_name prod", 0, "Setting cluster name to prod ...\n");
  CHECK(node.rig.catalog.cluster_name() == "prod");
  node.app_running = false;
  check(node, "cluster_status", 64, "Cluster status of node a@h ...\n",
        "Error: this command requires the 'rabbit' app to be running on the target node. Start it with 'warrenctl "
        "start_app'.\n");
  check(node, "change_cluster_node_type ram", 0, "Turning a@h into a ram node\n");
  check(node, "force_boot", 0, "");
  check(node, "start_app", 0, "Starting node a@h ...\n");
}

TEST_CASE("alarms and their limits") {
  DeskNode node;
  manage::ClusterFacts facts;
  facts.node = "a@h";
  facts.members.resize(2);
  facts.members[0].name = "a@h";
  facts.members[1].name = "b@h";
  node.registrar = facts;
  check(node, "check_alarms", 0,
        "Asking node a@h to report any resource alarms...\nNode a@h reported no alarms, local or clusterwide\n");
  check(node, "check_alarms --formatter json", 0, "{\"result\":\"ok\"}\n");
  facts.members[1].alarms = {"memory"};
  node.registrar = facts;
  check(node, "check_alarms -q", 69, "", "Error:\nMemory alarm on node b@h\n");
  check(node, "check_alarms --formatter json", 69, "",
        "{\"result\":\"error\",\"message\":\"Memory alarm on node b@h\"}\n");
  check(node, "check_local_alarms", 0,
        "Asking node a@h to report any local resource alarms...\nNode a@h reported no local alarms\n");
  check(node, "alarms -q", 0, "Memory alarm on node b@h\n");
  node.registrar = Done{};
  check(node, "set_vm_memory_high_watermark 0.4", 0, "Setting memory threshold on a@h to 0.4 ...\n");
  check(node, "set_vm_memory_high_watermark absolute 1GB", 0, "Setting memory threshold on a@h to 1GB bytes ...\n");
  check(node, "set_disk_free_limit 50MB", 0, "Setting disk free limit on a@h to 50MB bytes ...\n");
  check(node, "set_disk_free_limit mem_relative 1.5", 0,
        "Setting disk free limit on a@h to 1.5 times the total RAM ...\n");
}

TEST_CASE("what would destroy messages says which, and how to say that this is meant") {
  DeskNode node;
  node.app_running = false;
  node.registrar = manage::would_lose("a@h", {Map{}.add("vhost", "/").add("name", "orders").add("messages", 20)});
  check(node, "reset", 69, "Resetting node a@h ...\n",
        "Error:\nthis would destroy 1 durable queue(s) with their messages, which live on node a@h alone:\n"
        "  queue 'orders' in vhost '/' with 20 messages\n"
        "Nothing was done. If this is meant, say so with --accept-loss.\n");
}

}  // namespace warren::ctl::testing
