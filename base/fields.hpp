// The field-list visitor: how a struct says, once, what it is made of.
//
// A struct that is written down somewhere (a method on the wire, a record on disk, mail between nodes) has one static
// member template that names its fields in order:
//
//   struct QueuePurge {
//     std::uint16_t ticket = 0;
//     std::string_view queue = {};
//     bool nowait = false;
//
//     template <class Self, class Visitor>
//     static constexpr void fields(Self& self, Visitor& visit) {
//       visit.reserved().u16("ticket", self.ticket);
//       visit.name("queue", self.queue);
//       visit.bit("nowait", self.nowait);
//     }
//   };
//
// Each call is a verb: the kind of the field, its name for people, and a reference to it. `Self` is const for visitors
// that only read. Which verbs exist is the business of the format; one list serves its reader, its writer and its
// printer, so they cannot disagree. `reserved()` gives a visitor for a field that carries no meaning: readers and
// writers return themselves, printers return one that keeps silent.
#pragma once

namespace warren {

// Calls the verbs of `visit` for every field of `object`, in order.
template <class Object, class Visitor>
constexpr void visit_fields(Object& object, Visitor& visit) {
  Object::fields(object, visit);
}

}  // namespace warren
