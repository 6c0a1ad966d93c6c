# What others find the installed bus by: pkg-config, and find_package(sqlbus). Both say where they are
# themselves, so the installed tree may be moved. The library and the driver kit are two components,
# of which each may be there without the other.
include(CMakePackageConfigHelpers)
set(SQLBUS_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sqlbus)
file(RELATIVE_PATH SQLBUS_PREFIX_FROM_PC
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})

configure_package_config_file(cmake/sqlbusConfig.cmake.in sqlbusConfig.cmake
                              INSTALL_DESTINATION ${SQLBUS_PACKAGE_DIR}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(sqlbusConfigVersion.cmake COMPATIBILITY SameMinorVersion)
foreach(component library_dev driver_kit)
  install(FILES ${PROJECT_BINARY_DIR}/sqlbusConfig.cmake
                ${PROJECT_BINARY_DIR}/sqlbusConfigVersion.cmake
          DESTINATION ${SQLBUS_PACKAGE_DIR} COMPONENT ${component})
endforeach()
