// HARDENING 4.1, H02–H59 and H75–H77: heads and bodies whose ends two parsers may see in different
// places. Each is followed by a whole request that nobody must serve: one refusal, and the
// connection closed. The cases of H that are served are in edge_connection_test.cc, the large ones
// in edge_flood_test.cc.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::string_literals::operator""s;

const std::vector<int> kBad = {400};
constexpr std::string_view kJson = "content-type: application/json\r\n";
constexpr std::string_view kTarget = "/v1/chat/completions";

std::string Body() {
  return ChatBody("large", "framed");
}

std::string Length() {
  return std::to_string(Body().size());
}

// 2^64 + the body's length, which is the length again in 64 bits.
std::string WrappedLength() {
  return "1844674407370955" + std::to_string(1616 + Body().size());
}

std::string Hex() {
  return fmt::format("{:x}", Body().size());
}

std::string Head(std::string_view line, std::string_view host, std::string_view fields) {
  return fmt::format("{}\r\n{}{}{}\r\n", line, host, kJson, fields);
}

// A good body behind a head with these lines.
std::string WithFields(std::string_view fields) {
  return Head("POST /v1/chat/completions HTTP/1.1", "host: 127.0.0.1\r\n", fields) + Body();
}

std::string WithField(std::string_view field) {
  return WithFields(fmt::format("{}\r\ncontent-length: {}\r\n", field, Length()));
}

std::string WithLength(std::string_view length) {
  return WithFields(fmt::format("content-length: {}\r\n", length));
}

std::string WithHost(std::string_view host, std::string_view target = kTarget) {
  return Head(fmt::format("POST {} HTTP/1.1", target), host,
              fmt::format("content-length: {}\r\n", Length())) +
         Body();
}

std::string WithLine(std::string_view line) {
  return Head(line, "host: 127.0.0.1\r\n", fmt::format("content-length: {}\r\n", Length())) +
         Body();
}

std::string ChunkedAs(std::string_view field, std::string_view version = "1.1") {
  return Head(fmt::format("POST {} HTTP/{}", kTarget, version), "host: 127.0.0.1\r\n",
              fmt::format("{}\r\n", field)) +
         Hex() + "\r\n" + Body() + "\r\n0\r\n\r\n";
}

std::string ChunkSize(std::string_view line) {
  return Head("POST /v1/chat/completions HTTP/1.1", "host: 127.0.0.1\r\n",
              "transfer-encoding: chunked\r\n") +
         std::string(line) + Body() + "\r\n0\r\n\r\n";
}

// The body ends at once by one reading, and is all that follows by the other.
std::string BothFramings(std::string_view fields) {
  return Head("POST /v1/chat/completions HTTP/1.1", "host: 127.0.0.1\r\n", fields) + "0\r\n\r\n";
}

const EdgeRow kLengths[] = {
    {"H02LengthBeforeChunked",
     BothFramings("content-length: 300\r\ntransfer-encoding: chunked\r\n"), kBad},
    {"H03ChunkedBeforeLength",
     BothFramings("transfer-encoding: chunked\r\ncontent-length: 300\r\n"), kBad},
    {"H04TwoLengths",
     WithFields("content-length: " + Length() +
                "\r\ncontent-length: " + std::to_string(Body().size() + 300) + "\r\n"),
     kBad},
    {"H05TwoEqualLengths",
     WithFields("content-length: " + Length() + "\r\ncontent-length: " + Length() + "\r\n"), kBad},
    {"H06AListOfLengths", WithLength(Length() + ", " + Length()), kBad},
    {"H07LengthWithPlus", WithLength("+" + Length()), kBad},
    {"H08LengthInHex", WithLength("0x" + Hex()), kBad},
    {"H09LengthWithLetters", WithLength(Length() + "abc"), kBad},
    {"H10LengthWithUnderscore", WithLength(Length() + "_0"), kBad},
    {"H11LengthWithBlank", WithLength(Length() + " 0"), kBad},
    {"H12NegativeLength", WithLength("-1"), kBad},
    {"H13LengthThatWraps", WithLength(WrappedLength()), kBad},
    {"H14EmptyLength", WithLength(""), kBad},
};

const EdgeRow kEncodings[] = {
    {"H15Xchunked", ChunkedAs("transfer-encoding: xchunked"), {400, 501}},
    {"H16ChunkedThenIdentity", ChunkedAs("transfer-encoding: chunked, identity"), {400, 501}},
    {"H17ChunkedTwice", ChunkedAs("transfer-encoding: chunked, chunked"), {400, 501}},
    {"H18BlankBeforeColon", ChunkedAs("transfer-encoding : chunked"), {400, 501}},
    {"H19VerticalTab", ChunkedAs("transfer-encoding: \vchunked"), {400, 501}},
    {"H20Folded", ChunkedAs("transfer-encoding:\r\n chunked"), {400, 501}},
    {"H21Quoted", ChunkedAs("transfer-encoding: \"chunked\""), {400, 501}},
    {"H22InHttp10", ChunkedAs("transfer-encoding: chunked", "1.0"), {400, 501}},
};

const EdgeRow kChunks[] = {
    {"H24SizeWith0x", ChunkSize("0x" + Hex() + "\r\n"), kBad},
    {"H25SizeOf17Digits", ChunkSize(fmt::format("1{:016x}\r\n", Body().size())), kBad},
    {"H26NegativeSize", ChunkSize("-1\r\n"), kBad},
    {"H27SizeTooShort", ChunkSize("5\r\n"), kBad},
    {"H28BareLfAfterSize", ChunkSize(Hex() + "\n"), kBad},
    {"H29LfInExtension", ChunkSize(Hex() + ";a\nb\r\n"), kBad},
};

const EdgeRow kLines[] = {
    {"H34BareLf", WithField("x-a: b\nx-c: d"), kBad},
    {"H35BareCr", WithField("x-a: b\rx-c: d"), kBad},
    {"H36Nul", WithField("x-a: b\0c"s), kBad},
    {"H37ControlInName", WithField("x\x01y: a"), kBad},
    {"H38BlankInName", WithField("x y: a"), kBad},
    {"H39NonAsciiName", WithField("x\xC3\xA9: a"), kBad},
    {"H40EmptyName", WithField(": a"), kBad},
    {"H41NoColon", WithField("no-colon-here"), kBad},
    {"H42LeadingBlank", WithHost(" x-a: b\r\nhost: 127.0.0.1\r\n"), kBad},
    {"H43Folded", WithField("x-a: b\r\n c"), kBad},
};

const EdgeRow kHosts[] = {
    {"H44NoHost", WithHost(""), kBad},
    {"H45TwoHosts", WithHost("host: 127.0.0.1\r\nhost: 127.0.0.1\r\n"), kBad},
    {"H46HostWithPath", WithHost("host: 127.0.0.1/?#\r\n"), kBad},
    {"H47AbsoluteForm", WithHost("host: 127.0.0.1\r\n", "http://evil.example/v1/chat/completions"),
     kBad},
};

const std::vector<int> kBadLine = {400, 404, 405, 501, 505};

const EdgeRow kRequestLines[] = {
    {"H48Connect", WithLine("CONNECT 127.0.0.1:443 HTTP/1.1"), kBadLine},
    {"H49Star", WithLine("POST * HTTP/1.1"), kBadLine},
    {"H50BadMethod", WithLine("P(ST /v1/chat/completions HTTP/1.1"), kBadLine},
    {"H51UnknownMethod", WithLine("BREW /v1/chat/completions HTTP/1.1"), kBadLine},
    {"H52Trace", WithLine("TRACE /v1/chat/completions HTTP/1.1"), kBadLine},
    {"H53Http09", "GET /v1/models\r\n", kBadLine},
    {"H54Http20", WithLine("POST /v1/chat/completions HTTP/2.0"), kBadLine},
    {"H55Http12", WithLine("POST /v1/chat/completions HTTP/1.2"), kBadLine},
    {"H56Http19Digits", WithLine("POST /v1/chat/completions HTTP/1.10"), kBadLine},
    {"H57LowerCaseVersion", WithLine("POST /v1/chat/completions http/1.1"), kBadLine},
    {"H58VersionWithBlank", WithLine("POST /v1/chat/completions HTTP/1.1 "), kBadLine},
    {"H59DoubleBlank", WithLine("POST  /v1/chat/completions HTTP/1.1"), kBadLine},
};

const EdgeRow kTargets[] = {
    {"H75EscapedNul", WithLine("POST /v1/chat/completions%00 HTTP/1.1"), {400, 404}},
    {"H76RawBytes", WithLine("POST /v1/chat/completions\xC3\xA9 HTTP/1.1"), {400, 404}},
    {"H77Tab", WithLine("POST /v1/chat/completions\t HTTP/1.1"), {400, 404}},
};

class EdgeFramingTest : public EdgeTest, public testing::WithParamInterface<EdgeRow> {};

TEST_P(EdgeFramingTest, IsRefusedOnceAndClosed) {
  const size_t before = upstream().requests().size();
  EXPECT_TRUE(Refused(Say(GetParam().bytes + Smuggled()), GetParam().statuses));
  EXPECT_EQ(upstream().requests().size(), before);
}

constexpr auto kName = [](const auto& each) { return std::string(each.param.id); };
INSTANTIATE_TEST_SUITE_P(Length, EdgeFramingTest, testing::ValuesIn(kLengths), kName);
INSTANTIATE_TEST_SUITE_P(Encoding, EdgeFramingTest, testing::ValuesIn(kEncodings), kName);
INSTANTIATE_TEST_SUITE_P(Chunk, EdgeFramingTest, testing::ValuesIn(kChunks), kName);
INSTANTIATE_TEST_SUITE_P(Line, EdgeFramingTest, testing::ValuesIn(kLines), kName);
INSTANTIATE_TEST_SUITE_P(Host, EdgeFramingTest, testing::ValuesIn(kHosts), kName);
INSTANTIATE_TEST_SUITE_P(RequestLine, EdgeFramingTest, testing::ValuesIn(kRequestLines), kName);
INSTANTIATE_TEST_SUITE_P(Target, EdgeFramingTest, testing::ValuesIn(kTargets), kName);

}  // namespace
}  // namespace weir::e2e
