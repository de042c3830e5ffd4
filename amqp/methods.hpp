// Every method of the protocol as one type.
#pragma once

#include <variant>

#include "amqp/methods/access.hpp"
#include "amqp/methods/basic.hpp"
#include "amqp/methods/channel.hpp"
#include "amqp/methods/confirm.hpp"
#include "amqp/methods/connection.hpp"
#include "amqp/methods/exchange.hpp"
#include "amqp/methods/queue.hpp"
#include "amqp/methods/tx.hpp"

namespace warren::amqp {

// A method joins the protocol by its line here; codec, printing and the round-trip test walk this list.
using Method =
    std::variant<ConnectionStart, ConnectionStartOk, ConnectionSecure, ConnectionSecureOk, ConnectionTune,
                 ConnectionTuneOk, ConnectionOpen, ConnectionOpenOk, ConnectionClose, ConnectionCloseOk,
                 ConnectionBlocked, ConnectionUnblocked, ConnectionUpdateSecret, ConnectionUpdateSecretOk,            //
                 ChannelOpen, ChannelOpenOk, ChannelFlow, ChannelFlowOk, ChannelClose, ChannelCloseOk,                //
                 AccessRequest, AccessRequestOk,                                                                      //
                 ExchangeDeclare, ExchangeDeclareOk, ExchangeDelete, ExchangeDeleteOk, ExchangeBind, ExchangeBindOk,  //
                 ExchangeUnbind, ExchangeUnbindOk,                                                                    //
                 QueueDeclare, QueueDeclareOk, QueueBind, QueueBindOk, QueuePurge, QueuePurgeOk, QueueDelete,         //
                 QueueDeleteOk, QueueUnbind, QueueUnbindOk,                                                           //
                 BasicQos, BasicQosOk, BasicConsume, BasicConsumeOk, BasicCancel, BasicCancelOk, BasicPublish,        //
                 BasicReturn, BasicDeliver, BasicGet, BasicGetOk, BasicGetEmpty, BasicAck, BasicReject,               //
                 BasicRecoverAsync, BasicRecover, BasicRecoverOk, BasicNack,                                          //
                 ConfirmSelect, ConfirmSelectOk,                                                                      //
                 TxSelect, TxSelectOk, TxCommit, TxCommitOk, TxRollback, TxRollbackOk>;

// Whether a content header and a body follow the method.
constexpr bool carries_content(MethodId id) {
  return id == BasicPublish::id || id == BasicDeliver::id || id == BasicReturn::id || id == BasicGetOk::id;
}

}  // namespace warren::amqp
