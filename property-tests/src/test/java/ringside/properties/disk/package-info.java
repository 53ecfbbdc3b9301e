/**
 * Random requests to a disk: by every driver, through every device model, in every mode, and stopped at any moment.
 *
 * <p>A {@link ringside.properties.disk.DiskProgram} is the requests and a model of what has to come of them; a {@link
 * ringside.properties.disk.DiskWay} is what a guest reaches its disk by. Requests that cross the end of a disk are left
 * out: an IDE drive carries out the part that lies on it, a split disk refuses them whole.
 */
package ringside.properties.disk;
