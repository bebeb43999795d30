// SPDX-License-Identifier: MIT
#include "replay/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64

enum column { COL_FILE, COL_CLASS, COL_DEV, COL_MAC, COL_COUNT };
static const char *const column_name[COL_COUNT] = {"file", "cls", "dev", "devmac"};

struct table {
	const char *path;
	char *dir;
	unsigned line;
	int at[COL_COUNT];
};

const char *manifest_group_name(enum manifest_group group)
{
	static const char *const name[GROUPS] = {"benign device", "benign other", "attack"};

	return name[group];
}

/* The folder tells devices from computers and phones: the class column does not. */
static enum manifest_group group_of(const char *file, const char *cls)
{
	if (!strcmp(cls, "attack"))
		return GROUP_ATTACK;
	if (strstr(file, "/iot_") || strstr(file, "/smart_home") || strstr(file, "/home_gateway"))
		return GROUP_IOT;
	return GROUP_BENIGN;
}

static unsigned split(char *line, char *cell[COLUMNS_MAX])
{
	unsigned n = 0;

	line[strcspn(line, "\r\n")] = 0;
	while (n < COLUMNS_MAX) {
		cell[n++] = line;
		line = strchr(line, '\t');
		if (!line)
			break;
		*line++ = 0;
	}
	return n;
}

static int head(struct table *t, char *line, struct err *e)
{
	char *cell[COLUMNS_MAX];
	unsigned n = split(line, cell);

	for (unsigned c = 0; c < COL_COUNT; c++) {
		t->at[c] = -1;
		for (unsigned i = 0; i < n; i++)
			if (!strcmp(cell[i], column_name[c]))
				t->at[c] = (int)i;
		if (t->at[c] < 0)
			return err_set(e, EXIT_WRONG_USE, "%s: line 1: no column '%s'", t->path,
				       column_name[c]);
	}
	return 0;
}

static char *join(const char *dir, const char *file)
{
	char *path = NULL;

	if (*file == '/' || !*dir)
		return strdup(file);
	if (asprintf(&path, "%s/%s", dir, file) < 0)
		return NULL;
	return path;
}

static int add(struct manifest *m, struct table *t, char *line, struct err *e)
{
	char *cell[COLUMNS_MAX];
	const char *value[COL_COUNT];
	struct manifest_row row = {0}, *grown;
	struct err why;
	unsigned n = split(line, cell);

	for (unsigned c = 0; c < COL_COUNT; c++)
		value[c] = t->at[c] < (int)n ? cell[t->at[c]] : "";
	if (!*value[COL_FILE])
		return 0;
	row.group = group_of(value[COL_FILE], value[COL_CLASS]);
	if (device_hint_read(&row.device, value[COL_DEV], &why) ||
	    device_hint_read(&row.device, value[COL_MAC], &why))
		return err_set(e, EXIT_WRONG_USE, "%s: line %u: %.160s", t->path, t->line,
			       why.text);
	grown = realloc(m->row, (m->rows + 1) * sizeof row);
	if (!grown || !(row.path = join(t->dir, value[COL_FILE]))) {
		m->row = grown ? grown : m->row;
		return err_sys(e, ENOMEM, "%s", t->path);
	}
	m->row = grown;
	m->row[m->rows++] = row;
	return 0;
}

static int read_lines(struct manifest *m, struct table *t, FILE *f, struct err *e)
{
	char *line = NULL;
	size_t room = 0;
	int rc = 0;

	while (rc == 0 && getline(&line, &room, f) >= 0) {
		t->line++;
		rc = t->line == 1 ? head(t, line, e) : add(m, t, line, e);
	}
	free(line);
	if (rc == 0 && t->line == 0)
		return err_set(e, EXIT_WRONG_USE, "%s: empty", t->path);
	return rc;
}

int manifest_read(struct manifest *m, const char *path, struct err *e)
{
	struct table t = {.path = path};
	const char *slash = strrchr(path, '/');
	FILE *f = fopen(path, "r");
	int rc;

	*m = (struct manifest){.judged = true};
	if (!f)
		return err_sys(e, errno, "%s", path);
	t.dir = strndup(path, slash ? (size_t)(slash - path) : 0);
	rc = t.dir ? read_lines(m, &t, f, e) : err_sys(e, ENOMEM, "%s", path);
	free(t.dir);
	fclose(f);
	if (rc)
		manifest_free(m);
	return rc;
}

void manifest_free(struct manifest *m)
{
	for (size_t i = 0; i < m->rows; i++)
		free(m->row[i].path);
	free(m->row);
	*m = (struct manifest){0};
}
