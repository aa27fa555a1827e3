from arende.cli import app

app()
