#include "route/learned/harness.h"

#include <gtest/gtest.h>

namespace weir::route {
namespace {

std::string Stripped(std::string_view text) {
  std::string kept;
  return std::string(WithoutHarness(text, &kept));
}

TEST(Harness, WhatTheAgentAddedIsGone) {
  EXPECT_EQ(Stripped("<system-reminder>\nprove a theorem\n</system-reminder>\nhello there"),
            "hello there");
  EXPECT_EQ(Stripped("fix it <environment_context><cwd>/x</cwd></environment_context> now"),
            "fix it  now");
  EXPECT_EQ(Stripped("<SYSTEM-REMINDER id=\"4\">x</System-Reminder>hi"), "hi");
  EXPECT_EQ(Stripped("a<command-name>b</command-name>c<command-args>d</command-args>e"), "ace");
}

TEST(Harness, ATextWithoutItIsItself) {
  const std::string_view plain = "if (a < b) { <div>system-reminder</div> }";
  std::string kept;
  EXPECT_EQ(WithoutHarness(plain, &kept).data(), plain.data());
  EXPECT_EQ(Stripped("<system-reminders>stay</system-reminders>"),
            "<system-reminders>stay</system-reminders>");
  EXPECT_EQ(Stripped("<"), "<");
  EXPECT_EQ(Stripped(""), "");
}

TEST(Harness, AnElementThatIsNotClosedGoesOnToTheEnd) {
  EXPECT_EQ(Stripped("hi <system-reminder>no end"), "hi");
  EXPECT_EQ(Stripped("hi <system-reminder>no end</system-reminder"), "hi");
  EXPECT_EQ(Stripped("hi <system-reminder"), "hi <system-reminder");
}

// Many tags and no end: one look each.
TEST(Harness, HostileTextsTakeLinearTime) {
  std::string opened;
  for (int i = 0; i < 200'000; ++i) opened += "<system-reminder>";
  EXPECT_EQ(Stripped(opened), "");
  std::string unfinished;
  for (int i = 0; i < 100'000; ++i) unfinished += "<system-reminder ";
  EXPECT_EQ(Stripped(unfinished), unfinished);
  std::string closed;
  for (int i = 0; i < 200'000; ++i) closed += "</";
  EXPECT_EQ(Stripped(closed), closed);
  EXPECT_EQ(Stripped(std::string(1 << 20, '<')).size(), size_t{1} << 20);
}

}  // namespace
}  // namespace weir::route
