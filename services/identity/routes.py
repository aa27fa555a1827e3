from shared.api import create_router

router = create_router("identity")
