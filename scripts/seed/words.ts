/** The forum's subjects: each root has branches, and each of its branches the same kinds of talk. */
export const roots = [
  {
    name: 'Community',
    branches: ['Announcements', 'Introductions', 'Feedback', 'Meetups', 'Members’ projects', 'Off topic'],
    leaves: ['North', 'South', 'Online', 'Archive'],
  },
  {
    name: 'Woodworking',
    branches: ['Hand tools', 'Joinery', 'Carving', 'Turning', 'Finishing', 'Timber'],
    leaves: ['Questions', 'Show and tell', 'Plans', 'Trade'],
  },
  {
    name: 'Gardening',
    branches: ['Vegetables', 'Fruit trees', 'Flowers', 'Compost', 'Greenhouses', 'Balconies'],
    leaves: ['Spring', 'Summer', 'Autumn', 'Winter'],
  },
  {
    name: 'Cooking',
    branches: ['Bread', 'Soups', 'Fermenting', 'Preserves', 'Pastry', 'Grilling'],
    leaves: ['Recipes', 'Techniques', 'Equipment', 'Failures'],
  },
  {
    name: 'Electronics',
    branches: ['Soldering', 'Radio', 'Sensors', 'Audio', 'Batteries', 'Old computers'],
    leaves: ['Questions', 'Schematics', 'Parts', 'Finished builds'],
  },
  {
    name: 'Bicycles',
    branches: ['Frames', 'Wheels', 'Drivetrain', 'Brakes', 'Touring', 'Cargo'],
    leaves: ['Questions', 'Repairs', 'Rides', 'Trade'],
  },
  {
    name: 'Textiles',
    branches: ['Knitting', 'Sewing', 'Weaving', 'Dyeing', 'Mending', 'Felting'],
    leaves: ['Patterns', 'Yarn and cloth', 'Show and tell', 'Beginners'],
  },
  {
    name: 'Boats',
    branches: ['Canoes', 'Sailing', 'Rowing', 'Rigging', 'Hulls', 'Navigation'],
    leaves: ['Questions', 'Logbooks', 'Refits', 'Trade'],
  },
  {
    name: 'Photography',
    branches: ['Film', 'Darkroom', 'Landscape', 'Portraits', 'Lenses', 'Pinhole'],
    leaves: ['Critique', 'Technique', 'Gear', 'Contests'],
  },
  {
    name: 'Home',
    branches: ['Plumbing', 'Heating', 'Insulation', 'Painting', 'Furniture', 'Tools to lend'],
    leaves: ['Questions', 'Before and after', 'Costs', 'Suppliers'],
  },
]
