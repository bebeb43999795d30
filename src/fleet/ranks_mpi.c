// SPDX-License-Identifier: MIT
// The only file that knows MPI, in a module of its own: a plain start neither needs nor pays for
// it.
#include <limits.h>
#include <mpi.h>

#include "fleet/team.h"

static int begin(unsigned *rank, unsigned *ranks)
{
	int have, r, n;

	/* Only the main thread speaks to MPI. */
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &have) || have < MPI_THREAD_FUNNELED)
		return -1;
	if (MPI_Comm_rank(MPI_COMM_WORLD, &r) || MPI_Comm_size(MPI_COMM_WORLD, &n))
		return -1;
	*rank = (unsigned)r;
	*ranks = (unsigned)n;
	return 0;
}

static int sum(uint64_t *n, size_t count)
{
	while (count) {
		int part = count < INT_MAX ? (int)count : INT_MAX;

		if (MPI_Allreduce(MPI_IN_PLACE, n, part, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD))
			return -1;
		n += part;
		count -= (size_t)part;
	}
	return 0;
}

static void stop(int code)
{
	MPI_Abort(MPI_COMM_WORLD, code);
}

static void end(void)
{
	MPI_Finalize();
}

extern const struct ranks holdfast_ranks;
const struct ranks holdfast_ranks = {begin, sum, stop, end};
