// SPDX-License-Identifier: MIT
// The smallest camera with GStreamer's RTSP server: one picture source, encoded once for all
// viewers, at rtsp://DEVICE:PORT/live. Usage: camera PORT FIRST LAST (UDP ports for RTP and RTCP)
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>
#include <stdlib.h>
#include <unistd.h>

#define PIPELINE                                                                                   \
	"( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,"              \
	"framerate=15/1 ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"

/* Viewers that went away without a word are forgotten. And whoever does not come by here for a
 * while hangs (GStreamer waits for a thread that there was no memory for): it ends, to be started
 * again. */
static gboolean sweep(gpointer server)
{
	alarm(10);
	GstRTSPSessionPool *pool = gst_rtsp_server_get_session_pool(server);

	gst_rtsp_session_pool_cleanup(pool);
	g_object_unref(pool);
	return TRUE;
}

int main(int argc, char **argv)
{
	GstRTSPServer *server;
	GstRTSPMediaFactory *factory;
	GstRTSPMountPoints *mounts;
	GstRTSPAddressPool *ports = gst_rtsp_address_pool_new();

	gst_init(&argc, &argv);
	if (argc != 4)
		return 2;
	server = gst_rtsp_server_new();
	gst_rtsp_server_set_service(server, argv[1]);
	/* Viewers in the main loop: no thread for each, that cannot be had when memory is short. */
	gst_rtsp_thread_pool_set_max_threads(gst_rtsp_server_get_thread_pool(server), 0);
	factory = gst_rtsp_media_factory_new();
	gst_rtsp_media_factory_set_launch(factory, PIPELINE);
	gst_rtsp_media_factory_set_shared(factory, TRUE);
	gst_rtsp_address_pool_add_range(ports, GST_RTSP_ADDRESS_POOL_ANY_IPV4,
					GST_RTSP_ADDRESS_POOL_ANY_IPV4, (guint16)atoi(argv[2]),
					(guint16)atoi(argv[3]), 0);
	gst_rtsp_media_factory_set_address_pool(factory, ports);
	mounts = gst_rtsp_server_get_mount_points(server);
	gst_rtsp_mount_points_add_factory(mounts, "/live", factory);
	if (!gst_rtsp_server_attach(server, NULL))
		return 3;
	g_timeout_add_seconds(2, sweep, server);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
