from arende.cli import main

main()
