# One image per service: docker build --build-arg SERVICE=cases -t arende-cases .
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/prod.lock requirements/
RUN python -m venv --without-pip /venv
RUN pip --python /venv/bin/python install --no-cache-dir --require-hashes -r requirements/prod.lock
RUN printf '#!/bin/sh\nexec python -m arende.cli "$@"\n' >/venv/bin/arende && chmod 755 /venv/bin/arende
COPY alembic.ini ./
COPY shared shared
COPY arende arende
COPY services/__init__.py services/
ARG SERVICE
RUN test -n "$SERVICE"
COPY services/$SERVICE services/$SERVICE
# Compiled now, because nothing can be written while it runs.
RUN python -m compileall -q shared arende services

FROM python:3.13-slim
RUN pip uninstall -y -q --root-user-action=ignore pip && rm -r /usr/local/lib/python3.13/ensurepip
ARG SERVICE
ENV ARENDE_SERVICE=$SERVICE PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000 9000
ENTRYPOINT ["arende"]
CMD ["serve", "--host", "0.0.0.0"]
