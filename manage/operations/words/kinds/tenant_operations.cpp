// Users, vhosts and permissions.
#include "manage/operations/words/columns.hpp"
#include "manage/operations/words/kinds/operations_of.hpp"

namespace warren::manage {
namespace {

std::vector<Operation> user_operations() {
  return {
      {.name = "add_user",
       .meaning = "Makes a user; a password that is not given is read from standard input",
       .arguments = {{"username"}, {"password"}},
       .shape = Shape::sentence,
       .banner = "Adding user \"{username}\" ..."},
      {.name = "delete_user",
       .meaning = "Deletes a user with his permissions",
       .arguments = {{"username"}},
       .banner = "Deleting user \"{username}\" ..."},
      {.name = "change_password",
       .meaning = "Gives a user another password",
       .arguments = {{"username"}, {"password"}},
       .banner = "Changing password for user \"{username}\" ..."},
      {.name = "clear_password",
       .meaning = "Takes a user's password away: no password lets him in",
       .arguments = {{"username"}},
       .banner = "Clearing password for user \"{username}\" ..."},
      {.name = "authenticate_user",
       .meaning = "Says whether that is the user's password",
       .arguments = {{"username"}, {"password"}},
       .shape = Shape::sentence,
       .banner = "Authenticating user \"{username}\" ..."},
      {.name = "set_user_tags",
       .meaning = "Gives a user these tags and no others; without tags, takes all away",
       .arguments = {{"username"}, {"tags", Presence::rest}},
       .banner = "Setting tags for user \"{username}\" to {tags} ..."},
      {.name = "list_users",
       .meaning = "Lists users and their tags",
       .shape = Shape::rows,
       .banner = "Listing users ...",
       .columns = &kUserColumns},
  };
}

std::vector<Operation> vhost_operations() {
  return {
      {.name = "add_vhost",
       .meaning = "Makes a virtual host",
       .arguments = {{"name"}},
       .banner = "Adding vhost \"{name}\" ..."},
      {.name = "delete_vhost",
       .meaning = "Deletes a virtual host with everything in it",
       .arguments = {{"name"}},
       .banner = "Deleting vhost \"{name}\" ..."},
      {.name = "list_vhosts",
       .meaning = "Lists virtual hosts",
       .arguments = {{"columns", Presence::rest}},
       .shape = Shape::rows,
       .banner = "Listing vhosts ...",
       .columns = &kVhostColumns},
      {.name = "set_permissions",
       .meaning = "Sets what a user may configure, write and read in a virtual host, as regular expressions",
       .arguments = {{"username"}, {"configure"}, {"write"}, {"read"}},
       .of_vhost = true,
       .banner = "Setting permissions for user \"{username}\" in vhost \"{vhost}\" ..."},
      {.name = "clear_permissions",
       .meaning = "Takes a user's access to a virtual host away",
       .arguments = {{"username"}},
       .of_vhost = true,
       .banner = "Clearing permissions for user \"{username}\" in vhost \"{vhost}\" ..."},
      {.name = "list_permissions",
       .meaning = "Lists who may do what in a virtual host",
       .of_vhost = true,
       .shape = Shape::rows,
       .banner = "Listing permissions for vhost \"{vhost}\" ...",
       .columns = &kPermissionColumns},
      {.name = "list_user_permissions",
       .meaning = "Lists what a user may do, by virtual host",
       .arguments = {{"username"}},
       .shape = Shape::rows,
       .banner = "Listing permissions for user \"{username}\" ...",
       .columns = &kUserPermissionColumns},
  };
}

std::vector<Operation> topic_operations() {
  return {
      {.name = "set_topic_permissions",
       .meaning = "Sets what routing keys a user may write to and read from a topic exchange, as regular expressions",
       .arguments = {{"username"}, {"exchange"}, {"write"}, {"read"}},
       .of_vhost = true,
       .banner = "Setting topic permissions on \"{exchange}\" for user \"{username}\" in vhost \"{vhost}\" ..."},
      {.name = "clear_topic_permissions",
       .meaning = "Lets a user use every routing key again, of one topic exchange or of all in a virtual host",
       .arguments = {{"username"}, {"exchange", Presence::optional}},
       .of_vhost = true,
       .banner = "Clearing topic permissions for user \"{username}\" in vhost \"{vhost}\" ..."},
      {.name = "list_topic_permissions",
       .meaning = "Lists who may use what routing keys of topic exchanges in a virtual host",
       .of_vhost = true,
       .shape = Shape::rows,
       .banner = "Listing topic permissions for vhost \"{vhost}\" ...",
       .columns = &kTopicPermissionColumns},
      {.name = "list_user_topic_permissions",
       .meaning = "Lists what routing keys a user may use, by virtual host and topic exchange",
       .arguments = {{"username"}},
       .shape = Shape::rows,
       .banner = "Listing topic permissions for user \"{username}\" ...",
       .columns = &kUserTopicPermissionColumns},
  };
}

std::vector<Operation> limit_operations() {
  return {
      {.name = "set_vhost_limits",
       .meaning = "Limits a virtual host, as a JSON object of max-connections and max-queues; -1 is no limit",
       .arguments = {{"definition"}},
       .of_vhost = true,
       .banner = "Setting vhost limits to \"{definition}\" for vhost \"{vhost}\" ..."},
      {.name = "clear_vhost_limits",
       .meaning = "Takes the limits of a virtual host away",
       .of_vhost = true,
       .banner = "Clearing vhost \"{vhost}\" limits ..."},
      {.name = "list_vhost_limits",
       .meaning = "Lists the limits of a virtual host, or of all that have some",
       .options = {{.name = "global", .meaning = "of all virtual hosts"}},
       .of_vhost = true,
       .shape = Shape::rows,
       .banner = "Listing limits for vhost \"{vhost}\" ...",
       .columns = &kVhostLimitColumns},
  };
}

}  // namespace

std::vector<Operation> tenant_operations() {
  std::vector<Operation> all = user_operations();
  for (Operation& operation : vhost_operations()) all.push_back(std::move(operation));
  for (Operation& operation : topic_operations()) all.push_back(std::move(operation));
  for (Operation& operation : limit_operations()) all.push_back(std::move(operation));
  return all;
}

}  // namespace warren::manage
