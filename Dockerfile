# The course in containers, one stage for each use.
#
#   docker build --target course --tag dcgan-lab .
#   docker run --rm --publish 127.0.0.1:8888:8888 --volume dcgan:/opt/course/runs dcgan-lab
#
# JupyterLab with every chapter; its first lines name the address to open.
#
#   docker build --target grading --tag dcgan-course .
#
# What `python -m dcgan_classroom grade` runs students' notebooks in where bubblewrap can't run. It
# holds no chapter: a student's code that gets hold of everything in it finds no solution.

FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 TF_CPP_MIN_LOG_LEVEL=3
WORKDIR /opt/course
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY dcgan_lib dcgan_lib
COPY dcgan_course dcgan_course
COPY dcgan_classroom dcgan_classroom
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH

FROM packages AS grading
RUN pip install -c constraints.txt '.[classroom]' && rm -r /opt/course
USER 65534:65534
WORKDIR /tmp

# The last stage is the one that Binder builds; it names the user.
FROM packages AS course
ARG NB_USER=student NB_UID=1000
RUN pip install -c constraints.txt -e '.[classroom]'
COPY notebooks notebooks
RUN useradd --create-home --uid $NB_UID $NB_USER && mkdir data runs && chown -R $NB_USER /opt/course
USER $NB_USER
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--notebook-dir=notebooks"]
