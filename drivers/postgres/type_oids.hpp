// Object ids of PostgreSQL's own types, which never change (pg_type.dat).
#pragma once

namespace sqlbus::postgres::oid {

constexpr unsigned int kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
                       kJson = 114, kFloat4 = 700, kFloat8 = 701, kBpchar = 1042, kVarchar = 1043,
                       kInterval = 1186, kNumeric = 1700, kByteaArray = 1001, kInt8Array = 1016,
                       kTextArray = 1009;

}  // namespace sqlbus::postgres::oid
