# Debian packages, by CPack: `./dev package`. One for each of what somebody may want alone; all of
# them are for the release on which they were built.
set(SQLBUS_MAINTAINER "SQLBUS maintainers <maintainers@users.noreply.sqlbus.example>"
    CACHE STRING "whom the packages name")
set(release 0)
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release release REGEX "^VERSION_ID=")
  string(REGEX REPLACE "[^0-9.]" "" release "${release}")
endif()
set(SQLBUS_DEBIAN_REVISION "1~deb${release}" CACHE STRING "the part behind the version")
set(debian_version ${PROJECT_VERSION}-${SQLBUS_DEBIAN_REVISION})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sqlbus)
set(CPACK_PACKAGE_VENDOR SQLBUS)
set(CPACK_PACKAGE_CONTACT ${SQLBUS_MAINTAINER})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL daemon command driver_postgres driver_odbc library library_testing library_dev
    driver_kit)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_LIBRARY_DEV_GROUP development)
set(CPACK_COMPONENT_DRIVER_KIT_GROUP development)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${SQLBUS_DEBIAN_REVISION})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# sqlbus_debian_package(NAME PART [FILES_OF component] SECTION … DESCRIPTION … [DEPENDS …]
#                       [RECOMMENDS …] [SUGGESTS …] [CONTROL files…])
# PART is what CPack calls it: a component, or a group of some, with FILES_OF one of the group.
function(sqlbus_debian_package name part)
  cmake_parse_arguments(ARG "" "FILES_OF;SECTION;DESCRIPTION;DEPENDS;RECOMMENDS;SUGGESTS" "CONTROL" ${ARGN})
  string(TOUPPER ${part} upper)
  set(prefix CPACK_DEBIAN_${upper})
  set(${prefix}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(${prefix}_PACKAGE_SECTION ${ARG_SECTION} PARENT_SCOPE)
  set(${prefix}_DESCRIPTION "${ARG_DESCRIPTION}" PARENT_SCOPE)
  foreach(relation DEPENDS RECOMMENDS SUGGESTS)
    if(ARG_${relation})
      set(${prefix}_PACKAGE_${relation} "${ARG_${relation}}" PARENT_SCOPE)
    endif()
  endforeach()
  if(ARG_CONTROL)
    set(${prefix}_PACKAGE_CONTROL_EXTRA "${ARG_CONTROL}" PARENT_SCOPE)
  endif()
  if(NOT ARG_FILES_OF)
    set(ARG_FILES_OF ${part})
  endif()
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright
                ${debian_folder}/changelog.gz ${debian_folder}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} COMPONENT ${ARG_FILES_OF})
endfunction()

# Debian's changelog has one entry, which sends to ours. Its date is that of the last commit.
set(debian_folder ${PROJECT_BINARY_DIR}/debian)
execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=%cD
                OUTPUT_VARIABLE debian_date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT debian_date)
  string(TIMESTAMP debian_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
endif()
file(WRITE ${debian_folder}/changelog.Debian
"sqlbus (${debian_version}) unstable; urgency=medium

  * What has changed is in changelog.gz, beside this file.

 -- ${SQLBUS_MAINTAINER}  ${debian_date}
")
configure_file(CHANGELOG.md ${debian_folder}/changelog COPYONLY)
foreach(file changelog changelog.Debian)
  execute_process(COMMAND gzip --best --no-name --keep --force ${debian_folder}/${file}
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
configure_file(packaging/debian/triggers.daemon.in ${debian_folder}/daemon/triggers @ONLY)
configure_file(packaging/debian/triggers.library ${debian_folder}/library/triggers COPYONLY)
file(WRITE ${debian_folder}/library/shlibs "libsqlbus 0 libsqlbus0 (>= ${PROJECT_VERSION})\n")
file(WRITE ${debian_folder}/library_testing/shlibs
     "libsqlbus-testing 0 libsqlbus-testing0 (>= ${PROJECT_VERSION})\n")

set(scripts ${PROJECT_SOURCE_DIR}/packaging/debian)
set(needs_systemd "systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")
sqlbus_debian_package(sqlbusd daemon SECTION database
  DEPENDS "${needs_systemd}"
  RECOMMENDS "redis-server (>= 5:6.2) | valkey-server, sqlbus"
  SUGGESTS "sqlbus-driver-postgres, sqlbus-driver-odbc"
  CONTROL ${scripts}/postinst ${scripts}/prerm ${scripts}/postrm ${scripts}/conffiles
          ${debian_folder}/daemon/triggers
  DESCRIPTION "asynchronous SQL forwarding bus
Takes requests with SQL from a list in Redis and runs them on a database, in
the order of each caller and exactly once, whatever dies meanwhile. Callers who
need an answer get it on a list of their own, the others go on at once.

This is the daemon with its driver for SQLite.")
sqlbus_debian_package(sqlbus command SECTION database
  SUGGESTS "sqlbusd"
  DESCRIPTION "command line for the SQL forwarding bus
Sends statements to the bus and prints what they answer, shows what has become
of a request, and lists, replays and drops dead letters.

What asks the databases themselves (trace, a replay's rehearsal) takes the
drivers of the bus, which come with sqlbusd and sqlbus-driver-*.")
foreach(driver "postgres;PostgreSQL;" "odbc;ODBC;odbcinst, odbc-mariadb")
  list(GET driver 0 name)
  list(GET driver 1 database)
  list(GET driver 2 suggests)
  sqlbus_debian_package(sqlbus-driver-${name} driver_${name} SECTION database
    DEPENDS "sqlbusd (= ${debian_version})" SUGGESTS "${suggests}"
    DESCRIPTION "SQL forwarding bus: driver for ${database}
Lets sqlbusd run requests on databases by ${database}: driver = ${name} in its
configuration.")
endforeach()
sqlbus_debian_package(libsqlbus0 library SECTION libs
  CONTROL ${debian_folder}/library/triggers ${debian_folder}/library/shlibs
  DESCRIPTION "sends requests to the SQL forwarding bus
A library in C for those who call the bus: requests that nobody waits for, one
by one or many together, and queries with a timeout.")
sqlbus_debian_package(libsqlbus-testing0 library_testing SECTION libs
  CONTROL ${debian_folder}/library/triggers ${debian_folder}/library_testing/shlibs
  DESCRIPTION "bus within a test, for programs that use the SQL forwarding bus
A library in C++ for tests: it serves one program by a socket of its own, with
SQLite in memory behind it, and takes neither Redis nor the daemon.")
sqlbus_debian_package(libsqlbus-dev development FILES_OF library_dev SECTION libdevel
  DEPENDS "libsqlbus0 (= ${debian_version}), libsqlbus-testing0 (= ${debian_version})" SUGGESTS "sqlbusd"
  DESCRIPTION "SQL forwarding bus: for those who call it, or write drivers
The headers of libsqlbus for C and C++, with what pkg-config and CMake need to
find it, and those of its bus within a test. The contract of a database driver,
in C and as a kit for C++, with a template, and the programs that tell whether
a driver keeps it.")
include(CPack)
