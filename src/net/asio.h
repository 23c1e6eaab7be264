// The only door to Asio; included by net/*.cc alone. Executors are concrete: type-erased ones cost
// an allocation or an indirect call per operation.
#pragma once

#define BOOST_ASIO_NO_DEPRECATED
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // a loop belongs to one thread; TSan knows no fences
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace weir::net {

namespace asio = boost::asio;
using boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Alarm = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

}  // namespace weir::net
