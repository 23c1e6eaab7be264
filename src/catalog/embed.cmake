# cmake -DIN=file -DOUT=file.cc -P embed.cmake: the bytes of IN as weir::catalog::kCatalogText.
file(READ ${IN} bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT}
  "#include <cstddef>\n"
  "namespace weir::catalog {\n"
  "extern const unsigned char kCatalogText[];\n"
  "extern const size_t kCatalogTextSize;\n"
  "const unsigned char kCatalogText[] = {\n${bytes}};\n"
  "const size_t kCatalogTextSize = ${size};\n"
  "}\n")
