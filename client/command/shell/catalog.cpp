#include "client/command/shell/catalog.hpp"

#include <algorithm>
#include <array>

namespace sqlbus {

namespace {

// In `columns` the mark stands for the name of the table, as a string in quotes.
constexpr std::string_view kTableMark = ":table";

struct CatalogRow {
  std::string_view dbtype;
  bool has_backslashes;
  std::string_view tables;
  std::string_view columns;
  std::string_view names;
};

constexpr std::string_view kMariaDbTables =
    "select table_name as name, lower(table_type) as type from information_schema.tables "
    "where table_schema = database() order by 1";
constexpr std::string_view kMariaDbColumns =
    "select column_name as name, column_type as type, lower(is_nullable) as nullable, "
    "column_default as `default`, lower(column_key) as `key` from information_schema.columns "
    "where table_schema = database() and table_name = :table order by ordinal_position";
constexpr std::string_view kMariaDbNames =
    "select table_name from information_schema.tables where table_schema = database() union "
    "select column_name from information_schema.columns where table_schema = database()";

constexpr std::array<CatalogRow, 4> kCatalogs = {{
    {.dbtype = "SQLITE",
     .has_backslashes = false,
     .tables = "select name, type from sqlite_master where type in ('table', 'view') "
               "and name not like 'sqlite\\_%' escape '\\' order by name",
     .columns = "select name, type, case \"notnull\" when 0 then 'yes' else 'no' end as nullable, "
                "dflt_value as \"default\", case pk when 0 then '' else 'pri' end as \"key\" "
                "from pragma_table_info(:table)",
     .names = "select name from sqlite_master where type in ('table', 'view') union "
              "select p.name from sqlite_master m, pragma_table_info(m.name) p "
              "where m.type in ('table', 'view')"},
    {.dbtype = "POSTGRESQL",
     .has_backslashes = false,
     .tables = "select n.nspname as schema, c.relname as name, case c.relkind when 'v' then 'view' "
               "when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end "
               "as type from pg_class c join pg_namespace n on n.oid = c.relnamespace "
               "where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in "
               "('pg_catalog', 'information_schema') order by 1, 2",
     .columns =
         "select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, "
         "case when a.attnotnull then 'no' else 'yes' end as nullable, "
         "pg_get_expr(d.adbin, d.adrelid) as \"default\", case when exists (select 1 from "
         "pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = "
         "any (i.indkey)) then 'pri' else '' end as \"key\" from pg_attribute a left join "
         "pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = "
         "cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum",
     .names = "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
              "where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in "
              "('pg_catalog', 'information_schema') union select a.attname from pg_attribute a "
              "join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
              "where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not "
              "a.attisdropped and n.nspname not in ('pg_catalog', 'information_schema')"},
    {.dbtype = "MARIADB",
     .has_backslashes = true,
     .tables = kMariaDbTables,
     .columns = kMariaDbColumns,
     .names = kMariaDbNames},
    {.dbtype = "MYSQL",
     .has_backslashes = true,
     .tables = kMariaDbTables,
     .columns = kMariaDbColumns,
     .names = kMariaDbNames},
}};

const CatalogRow* row_of(std::string_view dbtype) {
  const auto* const found =
      std::find_if(kCatalogs.begin(), kCatalogs.end(),
                   [dbtype](const CatalogRow& row) { return row.dbtype == dbtype; });
  return found == kCatalogs.end() ? nullptr : found;
}

}  // namespace

std::optional<std::string> tables_sql(std::string_view dbtype) {
  const auto* row = row_of(dbtype);
  if (row == nullptr) return std::nullopt;
  return std::string(row->tables);
}

std::optional<std::string> names_sql(std::string_view dbtype) {
  const auto* row = row_of(dbtype);
  if (row == nullptr) return std::nullopt;
  return std::string(row->names);
}

std::optional<std::string> columns_sql(std::string_view dbtype, std::string_view table) {
  const auto* row = row_of(dbtype);
  if (row == nullptr) return std::nullopt;
  std::string quoted = "'";
  for (const char c : table) {
    if (c == '\'' || (c == '\\' && row->has_backslashes)) quoted += c;
    quoted += c;
  }
  quoted += '\'';
  std::string sql(row->columns);
  return sql.replace(sql.find(kTableMark), kTableMark.size(), quoted);
}

bool has_backslashes(std::string_view dbtype) {
  const auto* row = row_of(dbtype);
  return row != nullptr && row->has_backslashes;
}

}  // namespace sqlbus
