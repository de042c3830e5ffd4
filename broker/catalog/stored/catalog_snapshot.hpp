// A whole catalog as bytes.
#pragma once

#include <string>

#include "broker/catalog/catalog.hpp"

namespace warren::broker {

// Equal catalogs give equal bytes. CatalogImage::read_snapshot reads them, and the image restores a catalog that is
// equal and goes on alike; if it has complaints it does not.
//
//   snapshot = u8 version, u32 count, record*        record = u32 length, key, u32 length, value        keys grow
std::string catalog_snapshot(const Catalog& catalog);

}  // namespace warren::broker
