# One image per service: docker build --build-arg SERVICE=cases -t arende-cases .
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml alembic.ini ./
COPY shared shared
COPY services services
COPY arende arende
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .

FROM python:3.13-slim
ARG SERVICE
ENV ARENDE_SERVICE=$SERVICE PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000 9000
ENTRYPOINT ["arende"]
CMD ["serve", "--host", "0.0.0.0"]
