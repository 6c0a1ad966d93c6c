# What is installed beside programs and libraries. The configuration has its place in /etc, where the
# daemon looks for it, only in a system's own tree.
set(doc_folder ${CMAKE_INSTALL_DATADIR}/doc/sqlbusd)
install(FILES sqlbus.ini.example DESTINATION ${doc_folder}/examples COMPONENT daemon)
install(FILES README.md docs/CLIENTS.md docs/CONFIGURATION.md docs/DRIVERS.md docs/OPERATIONS.md docs/PROTOCOL.md
              docs/RELIABILITY.md
        DESTINATION ${doc_folder} COMPONENT daemon)
if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
  install(FILES packaging/sqlbus.ini DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR} COMPONENT daemon)
endif()
