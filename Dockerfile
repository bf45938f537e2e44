# One image: the scanner, and every simulated device (see docker-compose.yml).
# With a folder wheels/ beside this file the build needs no network at all; `tools/container_parts` makes one, and a
# base image for machines without a registry.
ARG BASE_IMAGE=python:3.12-slim
FROM ${BASE_IMAGE}
COPY . /src
RUN python3 -m venv /opt/camcensus \
 && cd /src \
 && if [ -d wheels ]; \
    then /opt/camcensus/bin/pip install --quiet --no-index --find-links wheels camcensus; \
    else /opt/camcensus/bin/pip install --quiet .; \
    fi \
 && rm -rf /src
ENV PATH=/opt/camcensus/bin:/usr/sbin:/usr/bin:/sbin:/bin PYTHONUNBUFFERED=1
WORKDIR /out
ENTRYPOINT ["camcensus"]
CMD ["--help"]
